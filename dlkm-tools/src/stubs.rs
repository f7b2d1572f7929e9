//! What programs need of a stub module beside the module root: the name by which they are linked to it,
//! and a kernel.

use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::image::{self, Image};
use crate::install::Installed;
use crate::module_root;

/// Places a link to the stub module, `libNAME_stub.so`, beside the root. The file itself stays in the
/// root, so that a kernel and the dynamic linker know it for one.
pub(crate) fn link(module: &Installed, root: &Path) -> Result<(), Error> {
    let place = beside(root, &image::library_name(&module.module));
    let folder = root.file_name().map(PathBuf::from).unwrap_or_default();
    let target = folder.join(module.file.file_name().unwrap_or_default());
    if std::fs::read_link(&place).is_ok_and(|known| known == target) {
        return Ok(());
    }
    replace_link(&target, &place).map_err(|source| Error::Install {
        package: module.package.clone(),
        file: place,
        step: "link to the stub module",
        source,
    })
}

/// By a rename, so that a program that starts meanwhile finds the old link or the new one.
fn replace_link(target: &Path, place: &Path) -> io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new(""));
    let temporary = tempfile::Builder::new()
        .prefix(".dlkm-")
        .tempdir_in(folder)?;
    let link = temporary.path().join("link");
    symlink(target, &link)?;
    std::fs::rename(&link, place)
}

/// Copies the kernel's image beside the root.
pub(crate) fn install_kernel(kernel: &Image, root: &Path) -> Result<bool, Error> {
    let place = beside(root, image::KERNEL);
    module_root::install(&kernel.file, &place).map_err(|(step, source)| Error::Install {
        package: kernel.package.name.clone(),
        file: place,
        step,
        source,
    })
}

fn beside(root: &Path, file: &str) -> PathBuf {
    root.parent().unwrap_or(Path::new("")).join(file)
}
