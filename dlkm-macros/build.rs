//! Passes on which interfaces the build links directly: `DLKM_STATIC=shm,gzip`, or `*` for all. It is asked here,
//! and not by the macros, so that cargo compiles everything anew that a change concerns.

use std::env;

fn main() {
    println!("cargo::rerun-if-env-changed=DLKM_STATIC");
    println!("cargo::rerun-if-changed=build.rs");
    let list = env::var("DLKM_STATIC").unwrap_or_default();
    let names = || list.split(',').map(str::trim);
    let wrong = names().find(|name| *name != "*" && !name.chars().all(is_letter));
    match wrong {
        Some(wrong) => println!(
            "cargo::error=DLKM_STATIC: `{}` is no interface's name; write names with commas \
             between them, such as DLKM_STATIC=shm,gzip, or * for all",
            wrong.escape_default()
        ),
        None => {
            let names: Vec<&str> = names().filter(|name| !name.is_empty()).collect();
            println!("cargo::rustc-env=DLKM_STATIC={}", names.join(","));
        }
    }
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-'
}
