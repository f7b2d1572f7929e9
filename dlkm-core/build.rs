//! Records how this copy of the runtime is built. Host and image each have a copy, and
//! the kernel compares the two records before anything crosses between them: see
//! `dlkm-metadata/src/build_record.rs`. Also names the module that generated code refers to.

use std::path::{Path, PathBuf};
use std::{env, fs, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=src");
    // Before rustc reports what the system lacks, piece by piece.
    let system = ["OS", "ARCH", "ENV"].map(|part| cargo(&format!("CARGO_CFG_TARGET_{part}")));
    if system != ["linux", "x86_64", "gnu"] {
        println!(
            "cargo::error=dlkm supports only Linux on x86-64 with glibc so far; build for \
             x86_64-unknown-linux-gnu, not for {}",
            target()
        );
        return;
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = Command::new(rustc)
        .arg("-vV")
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .expect("the compiler that Cargo names in $RUSTC should print its version");
    let line = |key: &str| about.lines().find_map(|line| line.strip_prefix(key));
    let release = line("release: ").expect("`rustc -vV` has a line `release: `");
    record("RUSTC", release);
    record("COMMIT", line("commit-hash: ").unwrap_or("unknown"));
    let version = cargo("CARGO_PKG_VERSION");
    record("RUNTIME", &format!("{version} ({:08x})", source()));
    name_private(&version);
    record("TARGET", &target());
    record("POINTER", &cargo("CARGO_CFG_TARGET_POINTER_WIDTH"));
    record("SANITIZER", &sorted(cargo("CARGO_CFG_SANITIZE").split(',')));
    let flags = all_flags(&cargo("CARGO_ENCODED_RUSTFLAGS"));
    record("FLAGS", &layout_options(flags.iter().map(String::as_str)));
    let features = cargo("CARGO_CFG_TARGET_FEATURE");
    record("FEATURES", &sorted(features.split(',')));
}

/// Gives the private module its other name, with the version, by which `dlkm-macros` refers to it; also
/// a macro that gives it this name in another crate, `dlkm-rt`.
fn name_private(version: &str) {
    let version = version.replace(|one: char| !one.is_ascii_alphanumeric(), "_");
    let named =
        |path: &str| format!("#[doc(hidden)]\npub use {path}::private as __private_{version};\n");
    let again = named("$crate");
    let again = format!(
        "#[doc(hidden)]\n#[macro_export]\nmacro_rules! __private {{ () => {{\n{again}}} }}\n"
    );
    for (file, text) in [("private.rs", named("self")), ("private_again.rs", again)] {
        let file = Path::new(&cargo("OUT_DIR")).join(file);
        fs::write(file, text).expect("Cargo's OUT_DIR is writable");
    }
}

/// A hash (FNV-1a) of all source files that decide what crosses between two copies, because two
/// commits may have the same version: the runtime's own files, and the hashes that the build
/// scripts of `dlkm-metadata` and `dlkm-macros` pass on.
fn source() -> u32 {
    let mut files = Vec::new();
    find_files(Path::new("src"), &mut files);
    files.sort();
    let mut hash = 0x811c_9dc5_u32;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    };
    for file in files {
        add(file.as_os_str().as_encoded_bytes());
        add(&fs::read(&file).expect("the crate's own source can be read"));
    }
    for other in ["DEP_DLKM_METADATA_SOURCE", "DEP_DLKM_MACROS_SOURCE"] {
        let hash = env::var(other).unwrap_or_else(|_| panic!("Cargo should set {other}"));
        add(hash.as_bytes());
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

fn record(name: &str, value: &str) {
    println!("cargo::rustc-env=DLKM_{name}={value}");
}

/// A variable that Cargo sets for build scripts; empty if it is not set.
fn cargo(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn sorted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// The target's triple, and the C library where the triple does not name it.
fn target() -> String {
    let (triple, libc) = (cargo("TARGET"), cargo("CARGO_CFG_TARGET_ENV"));
    match triple.contains(&libc) {
        true => triple,
        false => format!("{triple} ({libc})"),
    }
}

/// The compiler's options, with those in the files that `@file` names: one in each line.
fn all_flags(encoded: &str) -> Vec<String> {
    let mut flags = Vec::new();
    for flag in encoded.split('\x1f') {
        // Nightly's `@shell:file` quotes as a shell does, and no layout option needs quotes.
        let Some(name) = flag.strip_prefix('@') else {
            flags.push(flag.to_owned());
            continue;
        };
        let (name, split): (_, fn(char) -> bool) = match name.strip_prefix("shell:") {
            Some(name) => (name, char::is_whitespace),
            None => (name, |sign| sign == '\n'),
        };
        // Cargo starts the compiler in the workspace's folder, which is above the build's.
        let build = PathBuf::from(cargo("OUT_DIR"));
        let mut folders = [Path::new(".")].into_iter().chain(build.ancestors());
        // If there is none, the compiler reports it.
        let Some(file) = folders.find_map(|folder| fs::canonicalize(folder.join(name)).ok()) else {
            continue;
        };
        println!("cargo::rerun-if-changed={}", file.display());
        let text = fs::read_to_string(file).unwrap_or_default();
        let words = text
            .split(split)
            .map(|word| word.trim_matches(['\r', '\'', '"']));
        flags.extend(words.map(str::to_owned));
    }
    flags
}

/// The options of nightly compilers that shuffle the fields of types. (What they do shows in
/// `own_build.rs` too, in whatever way they reach the compiler.)
fn layout_options<'a>(flags: impl Iterator<Item = &'a str>) -> String {
    // Each is one word, `-Zoption`, or two. The compiler takes `_` for `-`.
    let options = flags.map(|flag| {
        let flag = flag.strip_prefix("-Z").unwrap_or(flag).trim_start();
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        (name.replace('_', "-"), value)
    });
    let options: Vec<_> = options
        .filter(|(name, _)| matches!(&**name, "randomize-layout" | "layout-seed"))
        .map(|(name, value)| match value {
            "" => name,
            value => format!("{name}={value}"),
        })
        .collect();
    sorted(options.iter().map(String::as_str))
}
