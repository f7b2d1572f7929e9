//! Reads the name and version of a module from its image, without running any of its code.

use std::path::Path;

use dlkm_metadata::{Metadata, ReadError};

/// The part of a module's metadata that an installation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModInfo {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// Reads name and version. `None` if the image declares no module.
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
