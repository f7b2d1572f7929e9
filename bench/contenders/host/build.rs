//! Builds a shared object that the host is linked to, and a caller in C, which goes through the
//! PLT. (Rust calls such functions through the GOT.)

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=c");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let object = out.join("libbench_linked.so");
    let done = cc::Build::new()
        .get_compiler()
        .to_command()
        .args(["-shared", "-o"])
        .args([&object, &PathBuf::from("c/linked.c")])
        .status();
    assert!(done.expect("a C compiler is there").success());
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=dylib=bench_linked");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", out.display());
    cc::Build::new().file("c/caller.c").compile("bench_caller");
}
