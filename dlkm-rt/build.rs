//! Records which compiler builds this copy of the runtime. Host and image each have
//! a copy, and the two records must be equal before anything crosses between them.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .expect("the compiler that Cargo names in $RUSTC should print its version");
    let version = version.trim();
    let version = version.strip_prefix("rustc ").unwrap_or(version);
    println!("cargo::rustc-env=DLKM_RUSTC={version}");
    let target = env::var("TARGET").expect("Cargo sets TARGET for build scripts");
    println!("cargo::rustc-env=DLKM_TARGET={target}");
}
