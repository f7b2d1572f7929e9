//! The module root: the folder with the installed modules.

use std::io;
use std::path::{Path, PathBuf};

use crate::os;

/// The folder in which a kernel looks for images: `<root>/<module>.so`.
#[derive(Clone, Debug)]
pub struct ModuleRoot(Option<PathBuf>);

impl ModuleRoot {
    /// No folder: static modules only. It needs no promise.
    pub fn none() -> Self {
        ModuleRoot(None)
    }

    /// The folder `path`. A relative path starts at the working directory of this moment. The
    /// folder need not exist until the kernel looks for a module.
    ///
    /// # Safety
    /// For each file `*.so` in the folder, for as long as the process runs, the caller promises:
    ///
    /// 1. It is as trustworthy as the program. Its code will run in this process, and anyone who
    ///    can write to the folder can do whatever the process can do.
    /// 2. It does not lie: `#[module]` made its metadata, and no one edited it to pass the
    ///    checks. (A module of ABI C also keeps the promises in SAFETY.md, "What a C module's
    ///    author promises".)
    /// 3. Equal types mean the same: if a type that crosses has the same description on both
    ///    sides, both sides use it in the same way. Names, layouts and variants are compared;
    ///    what methods, and the `unsafe` code in them, make of the fields is not.
    /// 4. It is never changed in place. To replace it, write another file and rename it.
    pub unsafe fn trusted(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        // Absolute, so that the program may change its working directory, and the dynamic
        // linker never searches its own folders for a bare name.
        ModuleRoot(Some(std::path::absolute(&path).unwrap_or(path)))
    }

    /// The folder `modules` beside the running executable, in which
    /// `cargo dlkm build` puts the images of a workspace. (A test's executable is one folder
    /// further down, in `deps`: there, name the folder with [`trusted`](Self::trusted).)
    ///
    /// # Errors
    /// The system can't find the path of the executable.
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

    /// The path of the image of `module`.
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
