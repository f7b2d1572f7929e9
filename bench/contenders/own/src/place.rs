//! Where the shared objects are: beside the program, and dlkm's images in `modules`.

use std::path::PathBuf;

use dlkm_rt::{Kernel, ModuleRoot};

/// The folder with the program.
pub fn folder() -> PathBuf {
    let mut file = std::env::current_exe().expect("the program is somewhere");
    file.pop();
    file
}

/// The shared object of a peer.
pub fn peer(name: &str) -> PathBuf {
    folder().join(format!("lib{name}.so"))
}

/// The image of a module.
pub fn image(name: &str) -> PathBuf {
    folder().join(format!("modules/{name}.so"))
}

/// Boots the kernel.
pub fn boot() {
    // SAFETY: only the benchmark writes to the folder beside this program.
    let root = unsafe { ModuleRoot::beside_executable() }.expect("the program is somewhere");
    Kernel::boot(root).expect("once in a process");
}
