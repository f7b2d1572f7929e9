//! An image file that is open: what is checked, and then mapped, whatever becomes of its name.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::metadata::{Metadata, ReadError};

/// An open file, and its path in the module root.
#[derive(Debug)]
pub(crate) struct OpenFile {
    path: PathBuf,
    file: File,
}

impl OpenFile {
    /// Opens the file, without waiting for anything.
    pub(super) fn open(path: PathBuf) -> Result<Self, (PathBuf, ReadError)> {
        match Metadata::open(&path) {
            Ok(file) => Ok(OpenFile { path, file }),
            Err(error) => Err((path, error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn into_parts(self) -> (PathBuf, File) {
        (self.path, self.file)
    }
}
