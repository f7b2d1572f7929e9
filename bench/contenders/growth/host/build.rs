//! Declares the interface of `growth-api` under many names.

use std::fmt::Write;
use std::path::Path;

/// How many.
const INTERFACES: usize = 320;

fn main() {
    let mut text = String::new();
    for number in 0..INTERFACES {
        let _ = writeln!(
            text,
            "/// One of many.\n#[dlkm_rt::module(name = \"g{number:04}\")]\npub trait G{number:04} {{\n\
             /// Adds two numbers.\n#[ustub(or = wrong)]\nfn add(a: u64, b: u64) -> u64;\n\
             /// Uses thread-local data.\n#[ustub(or = nothing)]\nfn local() -> u64;\n}}"
        );
    }
    for (table, function, kind) in [
        ("ADD", "add", "fn(u64, u64) -> u64"),
        ("LOCAL", "local", "fn() -> u64"),
    ] {
        let _ = writeln!(
            text,
            "/// A stub of each.\npub const {table}: [{kind}; {INTERFACES}] = ["
        );
        for number in 0..INTERFACES {
            let _ = writeln!(text, "g{number:04}::{function},");
        }
        let _ = writeln!(text, "];");
    }
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&folder).join("interfaces.rs"), text).expect("it can be written");
    println!("cargo::rerun-if-changed=build.rs");
}
