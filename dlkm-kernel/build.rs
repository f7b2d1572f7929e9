//! Declares the cfg of the kernel in an image of its own: see `src/kernel/image_of_kernel.rs`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(dlkm_kernel)");
}
