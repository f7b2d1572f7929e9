//! An image file that is open: what is checked, and then mapped, whatever becomes of its name.

use std::fs::File;
use std::path::{Path, PathBuf};

use dlkm_metadata::Libraries;

use super::{ModuleRoot, exposure, root_files};
use crate::error::{Cause, Failed, cause};
use crate::metadata::{Metadata, ReadError};
use crate::os;
use crate::own_build::OWN;

/// An open file, and its path in the module root.
#[derive(Debug)]
pub(crate) struct OpenFile {
    path: PathBuf,
    file: File,
    /// Libraries beside it; known when its metadata has been read.
    libraries: Libraries,
    /// Whether `file` is a sealed copy in memory of the file at `path`, which was verified.
    is_sealed: bool,
}

impl OpenFile {
    /// Opens the file, without waiting for anything, and checks who may write to it and to `root`.
    pub(super) fn open(root: &ModuleRoot, path: PathBuf) -> Result<Self, (PathBuf, Failed)> {
        let opened = Metadata::open(&path).and_then(|file| {
            let rights = root_files::rights(root, &file).map_err(ReadError::Io)?;
            Ok((file, rights))
        });
        let (file, rights) = match opened {
            Ok(opened) => opened,
            Err(source) => {
                let file = path.clone();
                return Err((path, cause::Metadata { file, source }.into()));
            }
        };
        let user = os::user();
        let folder = root.path().unwrap_or(Path::new(""));
        let checked = rights.map_or(Ok(()), |[of_root, of_file]| {
            exposure::check(folder, of_root, user)?;
            // Anything else is refused in any case, for what it is.
            match of_file.is_file {
                true => exposure::check(&path, of_file, user),
                false => Ok(()),
            }
        });
        match checked {
            Ok(()) => Ok(OpenFile {
                path,
                file,
                libraries: Libraries::default(),
                is_sealed: false,
            }),
            Err(error) => Err((path, error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Reads what the file says of itself, running none of its code.
    pub(super) fn metadata(&mut self) -> Result<Metadata, Failed> {
        let read = Metadata::read_for(&self.file, &OWN);
        let (metadata, libraries) = read.map_err(|source| {
            Cause::from(cause::Metadata {
                file: self.path.clone(),
                source,
            })
        })?;
        self.libraries = libraries;
        Ok(metadata)
    }

    /// The libraries beside it, if its metadata has been read.
    #[cfg(feature = "verify")]
    pub(super) fn libraries(&self) -> &Libraries {
        &self.libraries
    }

    /// From now on this is a sealed copy of the file.
    #[cfg(feature = "verify")]
    pub(super) fn seal(&mut self, copy: File) {
        self.file = copy;
        self.is_sealed = true;
    }

    /// Whether this is a sealed copy of the file.
    pub(super) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    pub(super) fn into_parts(self) -> (PathBuf, File, Libraries) {
        (self.path, self.file, self.libraries)
    }
}
