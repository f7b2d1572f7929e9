//! The module root: the folder where installed modules live.

use std::io;
use std::path::{Path, PathBuf};

use crate::os;

/// Where a kernel looks for images: `<root>/<module>.so`.
#[derive(Clone, Debug)]
pub struct ModuleRoot(Option<PathBuf>);

impl ModuleRoot {
    /// No folder: static modules only. Nothing of it is unsafe.
    pub fn none() -> Self {
        ModuleRoot(None)
    }

    /// The folder `path`, if relative then to the current working folder, now. It need not exist before the first module is looked for.
    ///
    /// # Safety
    /// - The files in it are trusted as the program itself is: code in them will run in this
    ///   process, and no check of the kernel's guards against a file that lies.
    /// - Nobody changes a file there in place; replace it (write another, then rename).
    /// - The types in an interface's signatures are the same in host and images: built from
    ///   one version of their crates, with the same features. Signatures are compared as
    ///   text, which does not show a type's fields.
    pub unsafe fn trusted(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        // Absolute, so that the program may change its working folder, and the dynamic
        // linker never takes a bare name for one to search for.
        ModuleRoot(Some(std::path::absolute(&path).unwrap_or(path)))
    }

    /// The folder `modules` beside the running executable, which is where
    /// `cargo dlkm build` puts the images of a workspace. (A test's executable is one folder
    /// further down, in `deps`: name the folder with [`trusted`](Self::trusted) there.)
    ///
    /// # Errors
    /// The system can't tell where the executable is.
    ///
    /// # Safety
    /// As for [`trusted`](Self::trusted).
    pub unsafe fn beside_executable() -> io::Result<Self> {
        let executable = std::env::current_exe()?;
        let folder = executable.parent().unwrap_or_else(|| Path::new("."));
        Ok(ModuleRoot(Some(folder.join("modules"))))
    }

    /// The folder, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// Where the image of `module` belongs.
    pub(crate) fn file(&self, module: &str) -> Option<PathBuf> {
        let root = self.0.as_ref()?;
        let mut name = String::with_capacity(module.len() + 1 + os::IMAGE_SUFFIX.len());
        name.push_str(module);
        name.push('.');
        name.push_str(os::IMAGE_SUFFIX);
        Some(root.join(name))
    }

    /// The images in the folder.
    pub(crate) fn files(&self) -> io::Result<Vec<PathBuf>> {
        let Some(root) = &self.0 else {
            return Ok(Vec::new());
        };
        let mut files = Vec::new();
        for entry in root.read_dir()? {
            let path = entry?.path();
            let hidden = path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
            if !hidden
                && path
                    .extension()
                    .is_some_and(|suffix| suffix == os::IMAGE_SUFFIX)
            {
                files.push(path);
            }
        }
        Ok(files)
    }
}
