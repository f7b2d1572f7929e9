//! Hands a hash of this crate's source to the build script of `dlkm-rt`, which records what
//! builds a copy of the runtime: two commits may have one version, and another idea of what
//! crosses between two copies.

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::metadata=source={:08x}", source());
}

/// FNV-1a over the paths and contents of all source files.
fn source() -> u32 {
    let mut files = Vec::new();
    find_files(Path::new("src"), &mut files);
    files.sort();
    let mut hash = 0x811c_9dc5_u32;
    for file in files {
        let text = fs::read(&file).expect("the crate's own source can be read");
        for byte in file.as_os_str().as_encoded_bytes().iter().chain(&text) {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the crate has a folder `src`") {
        let path = entry.expect("a folder's entry").path();
        match path.is_dir() {
            true => find_files(&path, files),
            false => files.push(path),
        }
    }
}
