//! What the dynamic linker says.

use std::fmt;

/// Why the dynamic linker refused an image, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkerError(String);

impl LinkerError {
    /// Takes the text that libloading keeps below its own words, and not the error: its version
    /// is no part of this crate's interface.
    pub(crate) fn new(error: libloading::Error) -> Self {
        LinkerError(match error {
            libloading::Error::DlOpen { source } | libloading::Error::DlSym { source } => {
                source.to_string()
            }
            error => error.to_string(),
        })
    }
}

impl fmt::Display for LinkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LinkerError {}
