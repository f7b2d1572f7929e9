//! The host with dlkm, whose kernel is in a file of its own.

use dlkm_rt::ModuleRoot;

fn main() {
    // SAFETY: only the benchmark writes to the folder beside this program.
    let root = unsafe { ModuleRoot::beside_executable() }.expect("the program is somewhere");
    // SAFETY: the same holds for the folder of the program, in which the kernel is.
    unsafe { dlkm_rt::boot_shared!(root) }.expect("once");
    println!("{}", bench_api::resident::add(1, 2));
}
