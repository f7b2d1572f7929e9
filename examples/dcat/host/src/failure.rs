//! What can go wrong, in words for the user.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use dcat_api::CodecError;

use crate::format::Format;

/// Why the program, or one file of it, failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file can't be opened.
    Open(io::Error),
    /// A file can't be read.
    Read(io::Error),
    /// Standard input is a terminal.
    Terminal,
    /// There is nothing in the file, not even what says that there is nothing.
    Empty,
    /// The file is in no known format.
    UnknownFormat,
    /// The decoder's answer.
    Decode {
        /// What it said.
        error: CodecError,
        /// The format that the content looks like, if a name made us take it for another.
        looks_like: Option<Format>,
    },
    /// The output can't be opened or written.
    Output {
        /// What the user calls it.
        name: String,
        /// What happened.
        error: io::Error,
    },
    /// The output is one of the inputs.
    OutputIsInput(String),
    /// There is no module in the folder, nor in the program.
    NoModules(PathBuf),
    /// The program can't find its own folder.
    Executable(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => write!(f, "can't be opened: {error}"),
            Self::Read(error) => write!(f, "can't be read: {error}"),
            Self::Terminal => f.write_str("is a terminal: name a file, or redirect one"),
            Self::Empty => f.write_str("the input is empty"),
            Self::UnknownFormat => f.write_str(
                "unknown format: known are gzip, zstd, xz, bzip2 and lz4, by their first bytes, and \
                 brotli, by a name that ends in .br; --format overrides both",
            ),
            Self::Decode { error, looks_like } => {
                error.fmt(f)?;
                match looks_like {
                    Some(format) => write!(f, " (it looks like {format}: try --format {format})"),
                    None => Ok(()),
                }
            }
            Self::Output { name, error } => write!(f, "{name}: {error}"),
            Self::OutputIsInput(name) => write!(f, "{name}: the output is also an input"),
            Self::NoModules(root) => write!(f, "there are no modules in {}", root.display()),
            Self::Executable(error) => write!(
                f,
                "can't tell where this program is (say --module-root): {error}"
            ),
        }
    }
}

// No sources: each message holds that of the error behind it.
impl Error for Failure {}
