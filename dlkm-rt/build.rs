//! Records what builds this copy of the runtime. Host and image each have a copy, and
//! the two records are compared before anything crosses between them: see
//! `src/metadata/build.rs`.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
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
    record("TARGET", &cargo("TARGET"));
    record("POINTER", &cargo("CARGO_CFG_TARGET_POINTER_WIDTH"));
    record("SANITIZER", &sorted(cargo("CARGO_CFG_SANITIZE").split(',')));
    record("FLAGS", &layout_options(&cargo("CARGO_ENCODED_RUSTFLAGS")));
    let features = cargo("CARGO_CFG_TARGET_FEATURE");
    record("FEATURES", &sorted(features.split(',')));
}

fn record(name: &str, value: &str) {
    println!("cargo::rustc-env=DLKM_{name}={value}");
}

/// What Cargo tells; nothing where there is nothing to tell.
fn cargo(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn sorted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// The options of nightly compilers that shuffle the fields of types.
fn layout_options(flags: &str) -> String {
    // Each is one word, `-Zoption`, or two.
    let options = flags.split('\x1f').map(|flag| {
        let flag = flag.strip_prefix("-Z").unwrap_or(flag);
        flag.trim_start()
    });
    sorted(options.filter(|option| {
        let name = option.split('=').next().unwrap_or_default();
        matches!(name, "randomize-layout" | "layout-seed")
    }))
}
