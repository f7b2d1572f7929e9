//! From a file or a text to what it says.

use std::fs::{self, File};
use std::path::Path;

use crate::error::{BadMetadata, ReadError};
use crate::interface::InterfaceInfo;
use crate::metadata::Metadata;
use crate::write::OwnBuild;
use crate::{declared, elf, parse};

impl Metadata {
    /// Reads the metadata of the image `file`, running none of its code.
    ///
    /// # Errors
    /// The file can't be read, is not a whole ELF image, or has no readable metadata.
    pub fn read(file: &Path) -> Result<Self, ReadError> {
        let file = File::open(file).map_err(ReadError::Io)?;
        let text = elf::text(&file)?;
        parse::metadata(text, None).map_err(ReadError::Bad)
    }

    /// As [`read`](Self::read), from a file that is open, by a runtime that was built as `own`
    /// says: in most images the last lines are the same, and need not be taken apart.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_for(file: &File, own: &'static OwnBuild) -> Result<Self, ReadError> {
        let text = elf::text(file)?;
        parse::metadata(text, Some(own)).map_err(ReadError::Bad)
    }

    /// Takes metadata text apart.
    ///
    /// # Errors
    /// A line without `=`, a missing or repeated key, a format other than 2, or a line that
    /// is in the wrong place or can't be read.
    pub fn parse(text: &[u8]) -> Result<Self, BadMetadata> {
        parse::metadata(text.to_owned(), None)
    }

    /// As [`parse`](Self::parse), by a runtime that was built as `own` says.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_for(text: &[u8], own: &'static OwnBuild) -> Result<Self, BadMetadata> {
        parse::metadata(text.to_owned(), Some(own))
    }
}

impl InterfaceInfo {
    /// The interfaces of ABI C that a crate declares. `file` is a shared object that was built
    /// from it with `--cfg dlkm_interfaces`, which is not an image of a module. None of its code
    /// runs.
    ///
    /// # Errors
    /// The file can't be read, or its content can't be understood.
    pub fn read_declared(file: &Path) -> Result<Vec<Self>, ReadError> {
        let data = fs::read(file).map_err(ReadError::Io)?;
        let text = declared::find(&data).map_err(|error| ReadError::NotElf(error.to_string()))?;
        parse::interfaces(text).map_err(ReadError::Bad)
    }
}
