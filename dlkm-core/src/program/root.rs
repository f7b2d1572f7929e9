//! The module root: the folder with the installed modules.

use std::io;
use std::path::{Path, PathBuf};

/// The folder in which a kernel looks for images: `<root>/<module>.so`.
///
/// The folder and the images in it must belong to root or to the user of this process, and no one
/// else may write to them: the rule of sshd and sudo. Otherwise a load fails with
/// [`Cause::Exposed`](crate::Cause::Exposed), which says the bit, and the command that helps. A
/// group may write if its number is the owner's, as that of a user's own group is. dlkm looks at
/// the folder that the path leads to, and at each image; who can write to the folders above is for
/// you to know.
#[derive(Clone, Debug)]
pub struct ModuleRoot {
    folder: Option<PathBuf>,
    /// Whether others may write to it.
    shared: bool,
}

impl ModuleRoot {
    /// No folder: static modules only. It needs no promise.
    pub fn none() -> Self {
        ModuleRoot {
            folder: None,
            shared: false,
        }
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
        ModuleRoot::of(std::path::absolute(&path).unwrap_or(path))
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
    #[inline]
    pub unsafe fn beside_executable() -> io::Result<Self> {
        let executable = std::env::current_exe()?;
        let folder = executable.parent().unwrap_or_else(|| Path::new("."));
        Ok(ModuleRoot::of(folder.join("modules")))
    }

    /// The folder `lib/NAME/modules` of the place where the running program is installed, for `name`
    /// as NAME. For the program `/usr/bin/dcat`, `installed("dcat")` is `/usr/lib/dcat/modules`; for
    /// `~/.local/bin/dcat` it is `~/.local/lib/dcat/modules`. A link to the program leads to the
    /// folder of the program itself.
    ///
    /// ```no_run
    /// use dlkm_rt::{Kernel, ModuleRoot};
    ///
    /// // SAFETY: the package manager installs the modules with the program, and only root can write
    /// // to both.
    /// let root = unsafe { ModuleRoot::installed("dcat")? };
    /// Kernel::boot(root)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The system can't find the path of the executable, or `name` is not the name of a folder: it is
    /// empty, `.` or `..`, or contains a `/` or a NUL.
    ///
    /// # Safety
    /// As for [`trusted`](Self::trusted).
    #[inline]
    pub unsafe fn installed(name: &str) -> io::Result<Self> {
        if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
            let text = format!("{name:?} is not the name of a folder; give the program's name");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let executable = std::env::current_exe()?;
        let prefix = executable.parent().and_then(Path::parent);
        let prefix = prefix.unwrap_or_else(|| Path::new("/"));
        Ok(ModuleRoot::of(
            prefix.join("lib").join(name).join("modules"),
        ))
    }

    fn of(folder: PathBuf) -> Self {
        ModuleRoot {
            folder: Some(folder),
            shared: false,
        }
    }

    /// Also loads from a folder, and images, that others can write to or that belong to another
    /// user. By this you say that all of them may do whatever this process can do: it is part of
    /// your first promise to [`trusted`](Self::trusted).
    ///
    /// It is for folders of a group that works together, and for containers, in which root's files
    /// may seem to be those of user 65534.
    ///
    /// ```
    /// use dlkm_rt::ModuleRoot;
    ///
    /// // SAFETY: all members of the group that can write there are trusted with this process.
    /// let root = unsafe { ModuleRoot::trusted("/srv/team/modules") }.allow_other_writers();
    /// # assert!(root.path().is_some());
    /// ```
    #[must_use]
    pub fn allow_other_writers(mut self) -> Self {
        self.shared = true;
        self
    }

    /// The folder, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether others may write to it.
    #[doc(hidden)]
    pub fn is_shared(&self) -> bool {
        self.shared
    }
}
