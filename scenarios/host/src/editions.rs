//! Puts one edition of module `edition` into the module root in place of another, as an
//! installer does: by renaming.

use std::fs;
use std::path::Path;

use dlkm_rt::Kernel;

/// Installs the image in the folder `from`.
pub(crate) fn install(kernel: &Kernel, from: &Path) {
    let root = kernel.root().path().expect("there is a root");
    let part = root.join("edition.part");
    fs::copy(from.join("edition.so"), &part).expect("it is there");
    fs::rename(part, root.join("edition.so")).expect("the root can be written");
}
