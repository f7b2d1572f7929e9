//! Where the shared objects are: beside the program, and dlkm's images in `modules`.

use std::path::PathBuf;

use dlkm_rt::{Kernel, ModuleRoot};

pub(crate) fn folder() -> PathBuf {
    let mut file = std::env::current_exe().expect("the program is somewhere");
    file.pop();
    file
}

pub(crate) fn peer(name: &str) -> PathBuf {
    folder().join(format!("lib{name}.so"))
}

pub(crate) fn image(name: &str) -> PathBuf {
    folder().join(format!("modules/{name}.so"))
}

pub(crate) fn boot() {
    // SAFETY: only the benchmark writes to the folder beside this program.
    let root = unsafe { ModuleRoot::beside_executable() }.expect("the program is somewhere");
    Kernel::boot(root).expect("once in a process");
}
