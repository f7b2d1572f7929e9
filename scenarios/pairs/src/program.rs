//! Makes one program of many pairs, runs it, and looks at what it prints.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::{Pair, declarations, lifetimes, types};

/// The crates of this checkout.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What the program does: it prints a line for each pair, with the reasons.
const MAIN: &str = r#"
#![allow(warnings)]
mod pairs;
use std::collections::HashMap;
use dlkm_metadata::InterfaceInfo;
use dlkm_metadata::write::Described;
fn main() {
    let all = dlkm_rt::PRIVATE::DLKM_INTERFACES.iter();
    let named: HashMap<_, _> = all.map(|one| (one.declaration.name, one)).collect();
    for group in 0..named.len() / 2 {
        let [old, new] = ["old", "new"].map(|side| {
            let one = named[&*format!("g{group}-{side}")];
            let described = Described { declaration: &one.declaration, types: one.types };
            InterfaceInfo::of_caller(&described).expect("it can be read")
        });
        let differences = old.differences(&new);
        for (old, new) in old.exports().iter().zip(new.exports()) {
            let changed = differences.changed().iter();
            let own = changed.filter(|one| one.functions().iter().any(|name| name == old.name()));
            let own: Vec<_> = own.map(|one| one.text()).collect();
            match old.hash() == new.hash() {
                true => println!("fits"),
                false => println!("{}", own.join("; ")),
            }
        }
    }
}
"#;

/// How many pairs share two interfaces, which saves time.
const GROUP: usize = 16;

/// Builds the program in `folder`, and returns one line for each pair that is not treated right.
///
/// # Errors
/// The program can't be written, built or run.
pub fn check(pairs: &[Pair], folder: &Path, target: &Path) -> io::Result<Vec<String>> {
    write(pairs, folder)?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["run", "--quiet", "--target-dir"])
        .arg(target)
        .current_dir(folder)
        .output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(text.into_owned()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    wrong(pairs, &text)
}

/// One line for each pair that the program did not treat right.
fn wrong(pairs: &[Pair], text: &str) -> io::Result<Vec<String>> {
    let lines: Vec<_> = text.lines().collect();
    if lines.len() != pairs.len() {
        return Err(io::Error::other(format!("{} lines", lines.len())));
    }
    let wrong = pairs.iter().zip(lines).enumerate();
    let wrong = wrong.filter_map(|(number, (pair, said))| {
        let right = match pair.names {
            None => said == "fits",
            Some(names) => {
                said.contains(&numbered(names, number)) && !said.contains("does not show")
            }
        };
        (!right).then(|| format!("{} [{:?}]: {said}", pair.about, pair.names))
    });
    Ok(wrong.collect())
}

fn write(pairs: &[Pair], folder: &Path) -> io::Result<()> {
    let mut source = String::from(
        "use std::marker::PhantomData;\nuse dlkm_rt::{Interface, LoadError, interface, module};\n",
    );
    source.push_str(&[types::ITEMS, lifetimes::ITEMS, declarations::ITEMS].concat());
    for (number, group) in pairs.chunks(GROUP).enumerate() {
        for side in ["old", "new"] {
            let (mut items, mut functions) = (String::new(), String::new());
            for (at, pair) in group.iter().enumerate() {
                let from = if side == "old" { &pair.old } else { &pair.new };
                let at = number * GROUP + at;
                let (own, signature) = (numbered(&from.items, at), numbered(&from.signature, at));
                items += &format!("{own}\nfn fallback{at}{signature} {{ panic!() }}\n");
                functions += &format!("#[stub(or = fallback{at})]\nfn f{at}{signature};\n");
            }
            source += &format!(
                "pub mod g{number}_{side} {{\nuse super::*;\n{items}\
                 #[module(name = \"g{number}-{side}\")]\npub trait Group {{\n{functions}}}\n}}\n"
            );
        }
    }
    let version = env!("CARGO_PKG_VERSION").replace('.', "_");
    let manifest = format!(
        "[package]\nname = \"pairs-generated\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [workspace]\n[profile.dev]\ndebug = false\nincremental = false\n\
         [dependencies]\ndlkm-rt = {{ path = \"{CHECKOUT}/dlkm-rt\" }}\n\
         dlkm-metadata = {{ path = \"{CHECKOUT}/dlkm-metadata\" }}\n"
    );
    fs::create_dir_all(folder.join("src"))?;
    // The same dependencies as this checkout's, so that cargo need not download any.
    fs::copy(format!("{CHECKOUT}/Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/pairs.rs"), source)?;
    let main = MAIN.replace("PRIVATE", &format!("__private_{version}"));
    fs::write(folder.join("src/main.rs"), main)
}

/// With names that no other pair has: `Own` and `f:`.
fn numbered(text: &str, number: usize) -> String {
    let text = text.replace("Own", &format!("Own{number}"));
    match text.strip_prefix("f:") {
        Some(rest) => format!("f{number}:{rest}"),
        None => text,
    }
}
