//! Writes interfaces of many functions, with a different name for each.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").map(PathBuf::from);
    let out = out.expect("cargo sets it");
    for (name, kind, count) in [
        ("none", "", 0),
        ("strong", "stub(or = absent)", 200),
        ("unloadable", "ustub(or = absent)", 200),
        ("weak", "wstub(or = absent)", 200),
    ] {
        fs::write(out.join(format!("{name}.rs")), program(kind, count)).expect("it can be written");
    }
}

/// A program with an interface that has one stub of its own, and `count` of a kind.
fn program(kind: &str, count: usize) -> String {
    let mut functions = String::new();
    for number in 0..count {
        let _ = writeln!(
            functions,
            "    /// One of many.\n    #[{kind}]\n    fn function_{number}(a: u32, b: u64) -> u64;"
        );
    }
    format!(
        "/// Many functions.\n#[dlkm_rt::module(name = \"many\")]\npub trait Many {{\n    \
         /// The first.\n    #[stub(or = absent)]\n    fn own(a: u32, b: u64) -> u64;\n{functions}}}\n\n\
         fn absent(_: u32, b: u64) -> u64 {{\n    b\n}}\n\n\
         fn main() {{\n    assert_eq!(many::own(1, 2), 2);\n}}\n"
    )
}
