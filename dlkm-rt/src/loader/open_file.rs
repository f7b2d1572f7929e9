//! An image file that is open: what is checked, and then mapped, whatever becomes of its name.

use std::fs::File;
use std::path::{Path, PathBuf};

use dlkm_metadata::Libraries;

use crate::metadata::{Metadata, ReadError};
use crate::own_build::OWN;

/// An open file, and its path in the module root.
#[derive(Debug)]
pub(crate) struct OpenFile {
    path: PathBuf,
    file: File,
    /// Libraries beside it; known when its metadata has been read.
    libraries: Libraries,
}

impl OpenFile {
    /// Opens the file, without waiting for anything.
    pub(super) fn open(path: PathBuf) -> Result<Self, (PathBuf, ReadError)> {
        match Metadata::open(&path) {
            Ok(file) => Ok(OpenFile {
                path,
                file,
                libraries: Libraries::default(),
            }),
            Err(error) => Err((path, error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what the file says of itself, running none of its code.
    pub(super) fn metadata(&mut self) -> Result<Metadata, ReadError> {
        let (metadata, libraries) = Metadata::read_for(&self.file, &OWN)?;
        self.libraries = libraries;
        Ok(metadata)
    }

    pub(super) fn into_parts(self) -> (PathBuf, File, Libraries) {
        (self.path, self.file, self.libraries)
    }
}
