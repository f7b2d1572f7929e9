//! Compiles the program's C code, if it is to have any.

fn main() {
    println!("cargo::rerun-if-changed=src/core.c");
    #[cfg(feature = "c-code")]
    cc::Build::new().file("src/core.c").compile("core");
}
