//! Compares the machine code of calls, `call-sites`, with what the chapter "How a call
//! travels" shows. `BLESS=1 cargo test -p book-tests --test assembly` writes it anew.
//!
//! The code is the pinned compiler's, for one target.

#![cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The functions that are compared, in the order of the listing.
const FUNCTIONS: [&str; 5] = [
    "call_slot",
    "call_strong",
    "call_weak",
    "call_unloadable",
    "call_weak_unloadable",
];

#[test]
fn the_machine_code_is_what_the_book_shows() {
    let assembly = compile();
    let bodies = FUNCTIONS.map(|name| body(&assembly, name));

    // Whatever the listing says: a strong stub is a slot and no more.
    let without_names =
        |body: &str| body.replace("call_sites::SLOT", "shm_api::shm::dlkm_glue::STUBS");
    assert_eq!(
        without_names(&bodies[0]),
        bodies[1],
        "a strong stub takes other instructions than a slot"
    );

    let tunable = body(&assembly, "read_tunable");
    assert_eq!(
        tunable, "    mov eax, dword ptr [rip + call_sites::BRIGHTNESS]\n    ret\n",
        "a tunable is read by more than one load"
    );

    let mut listing = String::from(
        "# Calls of `book/listings/call-sites` as rustc compiles them with `--release`, before the\n\
         # linker. Written by tests/assembly.rs.\n",
    );
    for (name, body) in FUNCTIONS.iter().zip(&bodies) {
        listing += &format!("\n# ANCHOR: {name}\n{body}# ANCHOR_END: {name}\n");
    }
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("assembly/call_sites.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&place, &listing).unwrap();
    }
    let shown = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        shown == listing,
        "{} is not what the compiler makes now; see it with BLESS=1, and the chapter with \
         it:\n{listing}",
        place.display()
    );
}

/// The program's assembly.
fn compile() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = temporary.join("call_sites.s");
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--release", "--package", "call-sites"])
        .args(["--bin", "call-sites", "--target-dir"])
        // Where this test was built, so that not everything is compiled again.
        .arg(temporary.parent().unwrap())
        .args([
            "--",
            "-Ccodegen-units=1",
            "-Cllvm-args=-x86-asm-syntax=intel",
        ])
        .arg(format!("--emit=asm={}", file.display()))
        .current_dir(here)
        // Flags from outside would make other code.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    fs::read_to_string(file).unwrap()
}

/// The instructions of a function, with readable names and its labels counted from 1.
fn body(assembly: &str, function: &str) -> String {
    let is_start = |line: &&str| {
        let label = line.strip_suffix(':').unwrap_or_default();
        !line.starts_with('.') && readable(label) == format!("call_sites::{function}")
    };
    let mut lines = assembly.lines();
    lines
        .by_ref()
        .find(is_start)
        .unwrap_or_else(|| panic!("no {function} in the assembly"));
    let mut labels = Vec::new();
    let mut body = String::new();
    for line in lines.take_while(|line| !line.starts_with(".Lfunc_end")) {
        let is_block = line.starts_with(".LBB");
        // Neither directives nor comments.
        let is_instruction =
            line.starts_with('\t') && line[1..].starts_with(|c: char| c.is_alphabetic());
        if is_block || is_instruction {
            let line = with_names(line.trim_start(), &mut labels);
            body += &format!("{}{line}\n", if is_block { "" } else { "    " });
        }
    }
    body
}

/// Symbols demangled, local labels renumbered.
fn with_names(line: &str, labels: &mut Vec<String>) -> String {
    let mut text = String::new();
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(length.max(first.len_utf8()));
        if name.starts_with(".LBB") {
            let known = labels.iter().position(|label| label == name);
            let number = known.unwrap_or_else(|| {
                labels.push(name.to_owned());
                labels.len() - 1
            });
            text += &format!("{}", number + 1);
        } else {
            text += &readable(name);
        }
        rest = after;
    }
    text.replace('\t', " ")
        // What `thread_local!` names its inside.
        .replace("::{{constant}}::{{closure}}::__RUST_STD_INTERNAL_VAL", "")
}

fn readable(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}
