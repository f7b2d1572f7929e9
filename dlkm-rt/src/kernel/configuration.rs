//! What the system file says.

use std::io;
use std::path::PathBuf;

use dlkm_system::{FILE_NAME, ReadSystemError, SystemFile};

use crate::error::BootError;
use crate::loader::ModuleRoot;
use crate::primitive::Arc;

/// The system file, as it was when the kernel was booted.
#[derive(Debug)]
pub(super) struct Configuration {
    path: PathBuf,
    file: Option<SystemFile>,
}

impl Configuration {
    /// Reads the system file of `root`, if it has one.
    ///
    /// # Errors
    /// It can't be read or understood.
    pub(super) fn read(root: &ModuleRoot) -> Result<Self, BootError> {
        let path = root.path().map(|root| root.join(FILE_NAME));
        let file = match root.path().map_or(Ok(None), SystemFile::read) {
            Ok(file) => file,
            // The first load says that the root is no folder.
            Err(ReadSystemError::Io { source, .. })
                if source.kind() == io::ErrorKind::NotADirectory =>
            {
                None
            }
            Err(source) => {
                let source = Arc::new(source);
                return Err(BootError::System { source });
            }
        };
        Ok(Configuration {
            path: path.unwrap_or_default(),
            file,
        })
    }

    pub(super) fn file(&self) -> Option<&SystemFile> {
        self.file.as_ref()
    }

    pub(super) fn path(&self) -> &PathBuf {
        &self.path
    }
}
