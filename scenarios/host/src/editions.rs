//! Puts one edition of a module into the module root in place of another, as an installer does: by
//! renaming.

use std::fs;
use std::path::PathBuf;

use dlkm_rt::Kernel;

/// The editions that were built, and where to install them.
pub(crate) struct Editions {
    module: &'static str,
    built: PathBuf,
    root: PathBuf,
}

impl Editions {
    /// The editions of module `edition` in the folder `built`, for the module root of `kernel`.
    pub(crate) fn new(kernel: &Kernel, built: &str) -> Self {
        Self::of("edition", kernel, built)
    }

    /// Those of another module.
    pub(crate) fn of(module: &'static str, kernel: &Kernel, built: &str) -> Self {
        Editions {
            module,
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
        let part = self.root.join(format!("{}.part", self.module));
        fs::write(&part, bytes).expect("the root can be written");
        fs::rename(part, self.installed()).expect("the root can be written");
    }

    /// The image of an edition as it was built.
    pub(crate) fn file(&self, edition: &str) -> PathBuf {
        let file = format!("{}.so", self.module);
        self.built.join(edition).join(file)
    }

    /// Where the image is installed.
    pub(crate) fn installed(&self) -> PathBuf {
        self.root.join(format!("{}.so", self.module))
    }
}
