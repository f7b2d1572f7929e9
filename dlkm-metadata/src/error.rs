//! Why a file's metadata can't be read.

use std::fmt;
use std::io;

/// Why a file's metadata can't be read: one variant for each step that can fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The file can't be opened or read.
    Io(io::Error),
    /// It is not a regular file; the text says what it is, such as "a named pipe".
    NotRegular(&'static str),
    /// The file is empty.
    Empty,
    /// The file is not an ELF file at all, or not of the right kind; the text says what is wrong.
    NotElf(String),
    /// The file is an ELF file that ends before its own tables say; the text says where.
    Truncated(String),
    /// The file is an image for another processor; the text names it, as ELF does.
    Processor(String),
    /// The dynamic linker could not load the file, or would do something else than the file's
    /// format says: a table of it is damaged. The text says which.
    Damaged(String),
    /// The file is sound, but what it asks of the dynamic linker does no good in a module. The text
    /// says what, and how to avoid it.
    Unsuitable(String),
    /// The file is an ELF image whose table of sections a tool has removed.
    NoSectionTable,
    /// The file is an ELF image, but not a module: it has no section of type `SHT_MOD`.
    NoSection,
    /// The file has the section, but its content is invalid.
    Bad(BadMetadata),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(error) => write!(f, "the file can't be read: {error}"),
            ReadError::NotRegular(what) => {
                write!(f, "it is {what}, not a regular file; remove it")
            }
            ReadError::Empty => f.write_str("the file is empty; build the module again"),
            ReadError::NotElf(detail) => write!(f, "the file is not an ELF image: {detail}"),
            ReadError::Truncated(detail) => {
                write!(f, "the file is cut short: {detail}; build the module again")
            }
            ReadError::Processor(name) => write!(
                f,
                "the file is for another processor ({name}); build the module for x86-64"
            ),
            ReadError::Damaged(detail) => {
                write!(f, "the file is damaged: {detail}; build the module again")
            }
            ReadError::Unsuitable(detail) => write!(f, "the file can't be a module: {detail}"),
            ReadError::NoSectionTable => f.write_str(
                "the file is an ELF image without a table of sections, by which dlkm finds a \
                 module's metadata; a tool such as sstrip, upx or `strip --strip-sections` has \
                 removed it: use `strip`, or build the module again",
            ),
            ReadError::NoSection => f.write_str(
                "the file is an ELF image, but not a module: it has no SHT_MOD section; \
                 annotate the crate with `#[module]` and build it with `cargo dlkm build`",
            ),
            ReadError::Bad(error) => write!(f, "the module's metadata can't be read: {error}"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadError::Io(error) => Some(error),
            ReadError::Bad(error) => Some(error),
            _ => None,
        }
    }
}

/// The metadata text does not follow the format. The message says where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMetadata(pub(crate) String);

impl fmt::Display for BadMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadMetadata {}
