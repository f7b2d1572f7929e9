//! The host with dlkm.

use dlkm_rt::{Kernel, ModuleRoot};

fn main() {
    // SAFETY: only the benchmark writes to the folder beside this program.
    let root = unsafe { ModuleRoot::beside_executable() }.expect("the program is somewhere");
    Kernel::boot(root).expect("once");
    println!("{}", bench_api::resident::add(1, 2));
}
