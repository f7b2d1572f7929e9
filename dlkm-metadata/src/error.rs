//! Why a file gave no metadata.

use std::fmt;
use std::io;

/// Why a file gave no metadata: one variant for each step.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The file can't be opened or read.
    Io(io::Error),
    /// The file is empty.
    Empty,
    /// It is not an ELF file at all, or one for another machine; the text says what is wrong.
    NotElf(String),
    /// It is an ELF file that ends before its own tables say.
    Truncated(String),
    /// It is an ELF image, but not one of a module: it has no section of type `SHT_MOD`.
    NoSection,
    /// It has the section, but what stands there can't be understood.
    Bad(BadMetadata),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(error) => write!(f, "the file can't be read: {error}"),
            ReadError::Empty => f.write_str("the file is empty; build the module again"),
            ReadError::NotElf(detail) => write!(f, "the file is no ELF image: {detail}"),
            ReadError::Truncated(detail) => {
                write!(f, "the file is cut short: {detail}; build the module again")
            }
            ReadError::NoSection => f.write_str(
                "the file is an ELF image, but no module: it has no SHT_MOD section; \
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

/// Metadata text that does not follow the format; says where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMetadata(pub(crate) String);

impl fmt::Display for BadMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadMetadata {}
