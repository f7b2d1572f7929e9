//! Compiles the C part.

fn main() {
    println!("cargo::rerun-if-changed=src/start.c");
    cc::Build::new().file("src/start.c").compile("start");
}
