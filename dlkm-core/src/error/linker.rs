//! Errors of the dynamic linker.

use std::fmt;
use std::path::Path;

use dlkm_metadata::small::cut;

/// The dynamic linker's own message about why it rejected an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkerError(String);

impl LinkerError {
    /// Takes the text that libloading's error wraps, not the error itself: libloading's version
    /// is not part of this crate's interface.
    #[doc(hidden)]
    #[inline]
    pub fn new(error: libloading::Error) -> Self {
        LinkerError(match error {
            libloading::Error::DlOpen { source } | libloading::Error::DlSym { source } => {
                format!("{source}")
            }
            error => format!("{error}"),
        })
    }

    /// With `file` in place of the name by which the dynamic linker opened it.
    #[doc(hidden)]
    #[inline]
    pub fn about(self, opened: &Path, file: &Path) -> Self {
        let [opened, file] = [opened, file].map(|path| format!("{}", path.display()));
        // Not `replace`, which takes 2 kB.
        let (mut text, mut rest) = (String::new(), &*self.0);
        while let Some((before, after)) = cut(rest, &opened) {
            text.push_str(before);
            text.push_str(&file);
            rest = after;
        }
        text.push_str(rest);
        LinkerError(text)
    }
}

impl fmt::Display for LinkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LinkerError {}
