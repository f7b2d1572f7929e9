//! The error of a decoder.

use std::fmt;

use dlkm_rt::{Interface, LoadError};

/// Why a decoder failed.
///
/// The error outlives the call into the module, so it contains text and no code: no [`std::io::Error`] and
/// no boxed error, whose vtables are in the module. A caller who needs the `io::Error` of its own reader or
/// writer keeps it on its side.
#[derive(Debug, Interface)]
pub enum CodecError {
    /// The module that decodes could not be loaded. Nothing was read.
    Load(LoadError),
    /// The input is not valid, or uses something that the decoder does not support.
    Damaged(String),
    /// The input ends before the compressed data does.
    Truncated,
    /// The caller's reader failed.
    Read(String),
    /// The caller's writer failed.
    Write(String),
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Damaged(what) => write!(f, "can't be decoded: {what}"),
            Self::Truncated => f.write_str("truncated: the data ends too early"),
            Self::Read(what) => write!(f, "can't be read: {what}"),
            Self::Write(what) => write!(f, "can't write the output: {what}"),
        }
    }
}

impl std::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Load(error) => Some(error),
            _ => None,
        }
    }
}

impl From<LoadError> for CodecError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}
