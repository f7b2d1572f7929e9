//! Reads metadata from a file or a text.

use std::fs::{self, File};
use std::path::Path;

use crate::error::{BadMetadata, ReadError};
use crate::interface::InterfaceInfo;
use crate::libraries::Libraries;
use crate::metadata::Metadata;
use crate::write::OwnBuild;
use crate::{declared, elf, os, parse};

impl Metadata {
    /// Reads the metadata of the image `file`, running none of its code.
    ///
    /// # Errors
    /// The file can't be read, is not a whole ELF image, or has no readable metadata.
    pub fn read(file: &Path) -> Result<Self, ReadError> {
        let (metadata, _) = of_file(elf::find(&Metadata::open(file)?, None)?, None)?;
        Ok(metadata)
    }

    /// Opens the image `file`, for [`read_for`](Self::read_for). It returns at once, even if the
    /// file is a named pipe without a writer or another thing that should not be there.
    ///
    /// # Errors
    /// The file can't be opened.
    pub fn open(file: &Path) -> Result<File, ReadError> {
        os::open(file).map_err(|error| match os::is_no_file(&error) {
            true => ReadError::NotRegular("a socket or a device"),
            false => ReadError::Io(error),
        })
    }

    /// Like [`read`](Self::read), from an open file, for a runtime with the build `own`: in most
    /// images the last lines are equal to that build's, and need no parsing. `length` is that of
    /// the file in bytes, if it is a regular file and the caller has asked already. Also returns
    /// the libraries that the image has beside itself.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_for(
        file: &File,
        length: Option<u64>,
        own: &'static OwnBuild,
    ) -> Result<(Self, Libraries), ReadError> {
        of_file(elf::find(file, length)?, Some(own))
    }

    /// Like [`read_for`](Self::read_for), for a list of many files: it does not look at what only the
    /// dynamic linker will read, so it finds no fault in that, and [`shared_std`](Self::shared_std) is
    /// `None`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn list_for(
        file: &File,
        length: Option<u64>,
        own: &'static OwnBuild,
    ) -> Result<Self, ReadError> {
        let text = elf::text(file, length)?;
        parse::metadata(text, None, Some(own)).map_err(ReadError::Bad)
    }

    /// Parses metadata text.
    ///
    /// # Errors
    /// The text has a line without `=`, lacks or repeats a key, has a format other than 2, has
    /// a line that is in the wrong place or can't be parsed, has a character that does not show as
    /// itself, or is beyond one of the [`limits`](crate::limits).
    pub fn parse(text: &[u8]) -> Result<Self, BadMetadata> {
        parse::metadata(text.to_owned(), None, None)
    }

    /// Like [`parse`](Self::parse), for a runtime with the build `own`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_for(text: &[u8], own: &'static OwnBuild) -> Result<Self, BadMetadata> {
        parse::metadata(text.to_owned(), None, Some(own))
    }
}

fn of_file(
    found: elf::Found,
    own: Option<&'static OwnBuild>,
) -> Result<(Metadata, Libraries), ReadError> {
    let metadata = parse::metadata(found.text, found.shared_std, own).map_err(ReadError::Bad)?;
    Ok((metadata, found.libraries))
}

impl InterfaceInfo {
    /// Reads the interfaces of ABI C that a crate declares. `file` is a shared object that was
    /// built from the crate with `--cfg dlkm_interfaces`; it is not a module's image. None of its
    /// code runs.
    ///
    /// # Errors
    /// The file can't be read, is not an ELF file, or its content can't be parsed.
    pub fn read_declared(file: &Path) -> Result<Vec<Self>, ReadError> {
        let data = fs::read(file).map_err(ReadError::Io)?;
        let text = declared::find(&data).map_err(|error| ReadError::NotElf(format!("{error}")))?;
        parse::interfaces(text).map_err(ReadError::Bad)
    }
}
