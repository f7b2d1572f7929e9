//! Builds a shared object that the host is linked to, and another one with a caller in C, which goes
//! through a PLT that is bound lazily. (Rust calls such functions through the GOT, and binds all of its
//! own at the start.)

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=c");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    shared(&out, "bench_linked", "c/linked.c", &[]);
    let linked = ["-L.", "-lbench_linked", "-Wl,-z,lazy,-rpath,$ORIGIN"];
    shared(&out, "bench_caller", "c/caller.c", &linked);
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", out.display());
}

/// Compiles a source into a shared object, and links the host to it.
fn shared(out: &Path, name: &str, source: &str, more: &[&str]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let done = cc::Build::new()
        .get_compiler()
        .to_command()
        .current_dir(out)
        .arg("-shared")
        .arg(source)
        .args(more)
        .arg(format!("-Wl,-soname,lib{name}.so"))
        .args(["-o", &format!("lib{name}.so")])
        .status();
    assert!(done.expect("a C compiler is there").success());
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=dylib={name}");
}
