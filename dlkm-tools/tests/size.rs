//! What dlkm adds to a host and to a module's image, as cargo builds them for release: compared with
//! limits, and if there is more, the test says which part of the code or data it is.
//!
//! `size/added.txt` has the bytes. `BLESS=1 cargo test -p dlkm-tools --test size` writes it anew.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, elf};

use common::{RUNTIME, Sandbox, dependencies, stderr};

const HOST: &str = r#"//! Adds by a module.
use dlkm_rt::{Kernel, ModuleRoot};

fn main() {
    // SAFETY: nothing writes to the folder beside this program.
    let root = unsafe { ModuleRoot::beside_executable() }.unwrap();
    Kernel::boot(root).unwrap();
    println!("{}", size_api::size::add(1, 2).unwrap());
}
"#;

/// With the kernel in a file of its own.
const SHARED_HOST: &str = r#"//! Adds by a module.
use dlkm_rt::ModuleRoot;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // SAFETY: nothing writes to the folder beside this program.
    let root = unsafe { ModuleRoot::beside_executable()? };
    // SAFETY: nor beside that.
    unsafe { dlkm_rt::boot_shared!(root)? };
    println!("{}", size_api::size::add(1, 2)?);
    Ok(())
}
"#;

const DRIVER: &str = r#"//! Adds.
pub struct Driver;

#[dlkm_rt::module]
impl size_api::Adder for Driver {
    fn add(a: u64, b: u64) -> Result<u64, dlkm_rt::LoadError> {
        Ok(a.wrapping_add(b))
    }
}
"#;

const BARE_HOST: &str = r#"//! Adds.
fn main() {
    println!("{}", 1 + 2);
}
"#;

const BARE_IMAGE: &str = r#"//! Adds.
#[unsafe(no_mangle)]
pub extern "C" fn add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}
"#;

/// What the function of an image does that uses more of std.
const WORK: &str = r#"
fn add_up(a: u64, b: u64) -> u64 {
    let text: std::sync::Arc<str> = format!("{a},{b}").into();
    let mut flags = Vec::new();
    for part in text.split(',') {
        flags.push((part.to_owned(), part.is_empty()));
    }
    let again = text.clone();
    let length = std::thread::spawn(move || drop(again)).join().map_or(0, |()| text.len());
    a.wrapping_add(b) + (length + flags.len()) as u64
}
"#;

/// How much more than the committed number of bytes is a failure, in percent; and how much less, so that
/// the limits follow what was saved.
const MORE: u64 = 3;
const LESS: u64 = 10;

/// Parts with fewer bytes are counted together.
const LEAST: i64 = 400;

/// Bytes by section and by the crate or module that they are from.
type Parts = BTreeMap<(String, String), i64>;

#[test]
fn a_host_and_an_image_are_as_small_as_before() {
    let built = build();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/size/added.txt");
    let [host, shared, image, working] = [
        ("size-host", "size-none"),
        ("size-shared", "size-none"),
        ("libsize.so", "libsize_bare.so"),
        ("libworking.so", "libworking_bare.so"),
    ]
    .map(|(with, without)| added(&built.join(with), &built.join(without)));
    let now = [
        ("host", &host),
        ("shared-host", &shared),
        ("image", &image),
        ("working-image", &working),
    ];
    if env::var_os("BLESS").is_some() {
        fs::write(&file, text(&now)).unwrap();
    }
    let committed = read(&fs::read_to_string(&file).unwrap());
    let mut failures = String::new();
    for (name, parts) in now {
        let then = &committed[name];
        let [before, after] = [then, parts].map(|parts| parts.values().sum::<i64>() as u64);
        if after * 100 > before * (100 + MORE) {
            failures += &format!(
                "dlkm adds {after} bytes to the {name}, before {before}; what grew:\n{}",
                differences(then, parts)
            );
        } else if after * 100 < before * (100 - LESS) {
            failures += &format!("dlkm adds only {after} bytes to the {name}, before {before}\n");
        }
    }
    assert!(
        failures.is_empty(),
        "{failures}\nif it must be so, write the new limits: BLESS=1 cargo test -p dlkm-tools --test size"
    );
}

/// Builds all with cargo's own settings for release; returns the folder.
fn build() -> PathBuf {
    let sandbox = Sandbox::new("size");
    sandbox.module("size", DRIVER);
    sandbox.package("size-bare", "", BARE_IMAGE);
    let working = |source: &str| source.replace("a.wrapping_add(b)", "add_up(a, b)") + WORK;
    let driver = working(DRIVER).replace("size_api", "working_api");
    sandbox.module("working", &driver);
    sandbox.package("working-bare", "", &working(BARE_IMAGE));
    sandbox.package("size-host", &dependencies(&["size-api"]), HOST);
    sandbox.package("size-shared", &dependencies(&["size-api"]), SHARED_HOST);
    sandbox.package("size-none", "", BARE_HOST);
    for host in ["size-host", "size-shared", "size-none"] {
        let folder = sandbox.dir.join("crates").join(host).join("src");
        fs::rename(folder.join("lib.rs"), folder.join("main.rs")).unwrap();
    }
    // Panics have the paths of source files, whose length depends on the machine.
    let checkout = Path::new(RUNTIME).parent().unwrap();
    let checkout = checkout.canonicalize().unwrap();
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let of = [
        (Some(checkout.join("dlkm-tools/..")), "/dlkm"),
        (Some(checkout), "/dlkm"),
        (home, "/cargo"),
    ];
    let flags = of
        .into_iter()
        .filter_map(|(path, name)| Some(format!("--remap-path-prefix={}={name}", path?.display())));
    let flags: Vec<String> = flags.collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("size");
    let image = ["--lib", "--crate-type", "cdylib"];
    let of_image = &["--", "--cfg", "dlkm_image"][..];
    for (arguments, of_rustc) in [
        (
            &[
                "build",
                "-p",
                "size-host",
                "-p",
                "size-shared",
                "-p",
                "size-none",
            ][..],
            &[][..],
        ),
        (&[&["rustc", "-p", "size-bare"], &image[..]].concat(), &[]),
        (
            &[&["rustc", "-p", "working-bare"], &image[..]].concat(),
            &[],
        ),
        (&[&["rustc", "-p", "size"], &image[..]].concat(), of_image),
        (
            &[&["rustc", "-p", "working"], &image[..]].concat(),
            of_image,
        ),
    ] {
        let mut cargo = sandbox.command(env!("CARGO"));
        cargo.args(arguments).args(["--release", "--offline"]);
        cargo.args(of_rustc);
        cargo.env("CARGO_TARGET_DIR", &folder);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    }
    folder.join("release")
}

/// What `with` has more than `without`.
fn added(with: &Path, without: &Path) -> Parts {
    let mut parts = parts(with);
    for (part, bytes) in self::parts(without) {
        *parts.entry(part).or_default() -= bytes;
    }
    let (own, small): (Parts, Parts) = parts
        .into_iter()
        .partition(|(_, bytes)| bytes.abs() >= LEAST);
    let small = small.values().sum();
    let rest = (("all sections".to_owned(), "the rest".to_owned()), small);
    own.into_iter().chain([rest]).collect()
}

/// The bytes of an object's file that are mapped, by the names of symbols. `strip` leaves these.
fn parts(file: &Path) -> Parts {
    let bytes = fs::read(file).unwrap();
    let object = object::File::parse(&*bytes).unwrap();
    let mut parts = Parts::new();
    for section in object.sections() {
        let SectionFlags::Elf { sh_flags, sh_type } = section.flags() else {
            panic!("{} is not ELF", file.display());
        };
        if !sh_flags.contains(elf::SHF_ALLOC) || sh_type == elf::SHT_NOBITS {
            continue;
        }
        let mut symbols: Vec<_> = object
            .symbols()
            .filter(|symbol| symbol.section_index() == Some(section.index()) && symbol.size() > 0)
            .map(|symbol| (symbol.address(), symbol.size(), symbol.name().unwrap()))
            .collect();
        symbols.sort_unstable();
        let (mut at, end) = (section.address(), section.address() + section.size());
        let mut add = |group: String, bytes: u64| {
            let of = (section.name().unwrap().to_owned(), group);
            *parts.entry(of).or_default() += bytes as i64;
        };
        for (address, size, name) in symbols {
            // Functions with equal code have one address.
            let (start, stop) = (address.max(at), (address + size).min(end));
            if start < stop {
                add("(no symbol)".to_owned(), start - at);
                add(origin(name), stop - start);
                at = stop;
            }
        }
        add("(no symbol)".to_owned(), end - at);
    }
    parts
}

/// The crate that a symbol is from, and for the runtime also the folder: `dlkm_core::call`. What is
/// generic in std's crates belongs to the runtime's type that it was made for, if the name has that.
fn origin(symbol: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(symbol));
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == ':';
    let mut paths = name
        .split(|sign| !is_part(sign))
        .filter(|path| path.contains("::"));
    let own = paths.clone().find(|path| path.starts_with("dlkm_"));
    let Some(path) = own.or_else(|| paths.next()) else {
        return "(no path)".to_owned();
    };
    let mut names = path.split("::").filter(|name| !name.is_empty());
    match (names.next(), names.next()) {
        (Some(part @ ("dlkm_core" | "dlkm_kernel")), Some(folder)) => format!("{part}::{folder}"),
        (Some(of), _) => of.to_owned(),
        (None, _) => "(no path)".to_owned(),
    }
}

fn text(all: &[(&str, &Parts)]) -> String {
    let mut text = String::from(
        "# The bytes that dlkm adds to a minimal host, to one whose kernel is in a file of its own, to an image\n\
         # over a cdylib with one function, and to an image whose function uses more of std:\n\
         # `BLESS=1 cargo test -p dlkm-tools --test size` writes this file.\n",
    );
    for (name, parts) in all {
        let total: i64 = parts.values().sum();
        writeln!(text, "\n{name} {total}").unwrap();
        let mut sorted: Vec<_> = parts.iter().collect();
        sorted.sort_by_key(|(_, bytes)| -**bytes);
        for ((section, group), bytes) in sorted {
            writeln!(text, "{bytes:8} {section} | {group}").unwrap();
        }
    }
    text
}

/// The opposite of [`text`].
fn read(text: &str) -> BTreeMap<String, Parts> {
    let mut all: BTreeMap<String, Parts> = BTreeMap::new();
    let mut name = "";
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match (
            line.starts_with(' ') || line.contains('|'),
            line.split_once('|'),
        ) {
            (true, Some((first, group))) => {
                let (bytes, section) = first.trim().split_once(' ').unwrap();
                let part = (section.trim().to_owned(), group.trim().to_owned());
                let parts = all.entry(name.to_owned()).or_default();
                parts.insert(part, bytes.parse().unwrap());
            }
            _ => name = line.split(' ').next().unwrap(),
        }
    }
    all
}

/// The parts that grew, the one that grew most first.
fn differences(before: &Parts, after: &Parts) -> String {
    let of = |parts: &Parts, part| parts.get(part).copied().unwrap_or(0);
    let mut grown: Vec<_> = after
        .iter()
        .map(|(part, bytes)| (bytes - of(before, part), part, bytes))
        .filter(|(more, ..)| *more > 0)
        .collect();
    grown.sort_by_key(|(more, ..)| -more);
    let mut text = String::new();
    for (more, (section, group), bytes) in grown {
        writeln!(
            text,
            "{more:+8} {section} | {group}: {} -> {bytes}",
            bytes - more
        )
        .unwrap();
    }
    text
}

#[test]
fn symbols_are_counted_for_the_crate_that_they_are_from() {
    for (symbol, from) in [
        (
            "_ZN11dlkm_kernel6loader5index5index17h0123456789abcdefE",
            "dlkm_kernel::loader",
        ),
        (
            "_ZN4core3ptr50drop_in_place$LT$dlkm_core..error..load..Cause$GT$17h0123456789abcdefE",
            "dlkm_core::error",
        ),
        (
            "_ZN70_$LT$dlkm_metadata..error..ReadError$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
            "dlkm_metadata",
        ),
        ("_ZN3std9panicking8set_hook17h0123456789abcdefE", "std"),
        ("_Unwind_RaiseException", "(no path)"),
    ] {
        assert_eq!(origin(symbol), from, "{symbol}");
    }
}

#[test]
fn what_grew_is_named_and_the_greatest_part_comes_first() {
    let part = |name: &str| (".text".to_owned(), name.to_owned());
    let before = Parts::from([(part("a"), 100), (part("b"), 100), (part("c"), 100)]);
    let after = Parts::from([
        (part("a"), 90),
        (part("b"), 110),
        (part("c"), 150),
        (part("d"), 20),
    ]);
    assert_eq!(
        differences(&before, &after),
        "     +50 .text | c: 100 -> 150\n     +20 .text | d: 0 -> 20\n     +10 .text | b: 100 -> 110\n"
    );
    let written = read(&text(&[("host", &before), ("image", &after)]));
    assert_eq!((&written["host"], &written["image"]), (&before, &after));
}
