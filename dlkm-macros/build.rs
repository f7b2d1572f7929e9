//! Passes two things on. To the macros: which interfaces this build links directly, from the
//! variable `DLKM_STATIC` (`shm,gzip`, or `*` for all). The macros can't read it themselves, as
//! Cargo would not compile them again when it changes. To the build script of the runtime: a hash
//! of the macros' source, as `DEP_DLKM_MACROS_SOURCE`. The runtime records it, since generated code
//! decides what crosses between host and module.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=DLKM_STATIC");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::metadata=source={:08x}", source_hash());
    let list = env::var("DLKM_STATIC").unwrap_or_default();
    match parse_list(&list) {
        Ok(names) => println!("cargo::rustc-env=DLKM_STATIC={}", names.join(",")),
        Err(wrong) => println!(
            "cargo::error=DLKM_STATIC: `{}` is not the name of an interface; write names \
             separated by commas, as in DLKM_STATIC=shm,gzip, or * for all",
            wrong.escape_default()
        ),
    }
}

/// The names in the list, or one that is none.
fn parse_list(list: &str) -> Result<Vec<&str>, &str> {
    let is_name = |name: &str| name == "*" || name.chars().all(is_letter);
    let names = list.split(',').map(str::trim);
    match names.clone().find(|name| !is_name(name)) {
        Some(wrong) => Err(wrong),
        None => Ok(names.filter(|name| !name.is_empty()).collect()),
    }
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-'
}

/// A hash of paths and contents in `src`: two commits may have the same version and generate
/// different code. FNV-1a.
fn source_hash() -> u32 {
    let mut files = Vec::new();
    find_files(Path::new("src"), &mut files);
    files.sort();
    let mut hash = 0x811c_9dc5_u32;
    for file in files {
        let text = fs::read(&file).expect("the crate's own source is readable");
        for byte in file.as_os_str().as_encoded_bytes().iter().chain(&text) {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the crate has a folder `src`") {
        let path = entry.expect("the entries of `src` are readable").path();
        match path.is_dir() {
            true => find_files(&path, files),
            false => files.push(path),
        }
    }
}
