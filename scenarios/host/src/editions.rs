//! Puts one edition of module `edition` into the module root in place of another, as an
//! installer does: by renaming.

use std::fs;
use std::path::PathBuf;

use dlkm_rt::Kernel;

/// The editions that were built, and where to install them.
pub(crate) struct Editions {
    built: PathBuf,
    root: PathBuf,
}

impl Editions {
    /// The editions in the folder `built`, for the module root of `kernel`.
    pub(crate) fn new(kernel: &Kernel, built: &str) -> Self {
        Editions {
            built: built.into(),
            root: kernel.root().path().expect("there is a root").to_owned(),
        }
    }

    /// Installs the edition of that name.
    pub(crate) fn install(&self, edition: &str) {
        self.write(&fs::read(self.file(edition)).expect("it was built"));
    }

    /// Installs a file with these bytes.
    pub(crate) fn write(&self, bytes: &[u8]) {
        let part = self.root.join("edition.part");
        fs::write(&part, bytes).expect("the root can be written");
        fs::rename(part, self.installed()).expect("the root can be written");
    }

    /// The image of an edition as it was built.
    pub(crate) fn file(&self, edition: &str) -> PathBuf {
        self.built.join(edition).join("edition.so")
    }

    /// Where the image is installed.
    pub(crate) fn installed(&self) -> PathBuf {
        self.root.join("edition.so")
    }
}
