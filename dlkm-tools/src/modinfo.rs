//! What a built image says about itself, read from the file without running any of it.

use std::path::Path;

use dlkm_metadata::{Metadata, ReadError};

/// The part of a module's metadata that installing needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModInfo {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// Reads name and version; `None` when the image declares no module.
pub(crate) fn read(file: &Path) -> Result<Option<ModInfo>, ReadError> {
    match Metadata::read(file) {
        Ok(metadata) => Ok(Some(ModInfo {
            name: metadata.name().to_owned(),
            version: metadata.version().to_owned(),
        })),
        Err(ReadError::NoSection) => Ok(None),
        Err(error) => Err(error),
    }
}
