//! The host with dlkm.

use dlkm_rt::{Kernel, ModuleRoot};

fn main() {
    // SAFETY: the folder beside this program is written by the benchmark alone.
    let root = unsafe { ModuleRoot::beside_executable() }.expect("the program is somewhere");
    Kernel::boot(root).expect("once");
    println!("{}", bench_api::resident::add(1, 2));
}
