//! The errors of the program, with their messages.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use dcat_api::CodecError;
use dlkm_rt::SwitchError;

/// Why the program failed, for all files or for one.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file can't be opened.
    Open(io::Error),
    /// A file can't be read.
    Read(io::Error),
    /// Standard input is a terminal.
    Terminal,
    /// The file is empty. Compressed data is never empty, even if its content is.
    Empty,
    /// No module recognizes the file.
    UnknownFormat(SwitchError),
    /// The file begins as in several formats, which these are keys of.
    Unclear(Vec<&'static str>),
    /// The modules can't be listed.
    Modules(SwitchError),
    /// The decoder failed.
    Decode {
        /// The decoder's error.
        error: CodecError,
        /// The key of the format that the content looks like, if `--format` or the name gave another one.
        looks_like: Option<&'static str>,
    },
    /// The output can't be opened or written.
    Output {
        /// The name of the output in messages.
        name: String,
        /// Why it can't be opened or written.
        error: io::Error,
    },
    /// The output is one of the inputs.
    OutputIsInput(String),
    /// Neither the folder nor the program contains a module.
    NoModules(PathBuf),
    /// The program can't find its own folder, which is beside the modules.
    Executable(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => write!(f, "can't be opened: {error}"),
            Self::Read(error) => write!(f, "can't be read: {error}"),
            Self::Terminal => {
                f.write_str("is a terminal; give the name of a file, or redirect one")
            }
            Self::Empty => f.write_str("the input is empty"),
            Self::UnknownFormat(error) => {
                write!(f, "unknown format: {error}; name one with --format")
            }
            Self::Unclear(keys) => write!(
                f,
                "can be {}, which begin alike; say which by --format",
                keys.join(" or ")
            ),
            Self::Modules(error) => error.fmt(f),
            Self::Decode { error, looks_like } => {
                error.fmt(f)?;
                match looks_like {
                    Some(format) => write!(f, "; it looks like {format}, so try --format {format}"),
                    None => Ok(()),
                }
            }
            Self::Output { name, error } => write!(f, "{name}: {error}"),
            Self::OutputIsInput(name) => write!(
                f,
                "{name}: the output is also an input; write to another file"
            ),
            Self::NoModules(root) => write!(
                f,
                "there are no modules in {0}; `cargo dlkm build --root {0}` builds those of a workspace",
                root.display()
            ),
            Self::Executable(error) => write!(
                f,
                "can't find the folder of this program: {error}; give --module-root"
            ),
        }
    }
}

// No sources: each message contains that of its cause.
impl Error for Failure {}
