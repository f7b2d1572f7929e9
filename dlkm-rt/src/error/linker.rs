//! Errors of the dynamic linker.

use std::fmt;

/// The dynamic linker's own message about why it rejected an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkerError(String);

impl LinkerError {
    /// Takes the text that libloading's error wraps, not the error itself: libloading's version
    /// is not part of this crate's interface.
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
