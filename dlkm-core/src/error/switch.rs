//! Errors of switch tables.

use std::borrow::Borrow;
use std::fmt;

use super::LoadError;

/// A switch table has no entry to call.
///
/// For stubs and drivers that return an [`std::io::Result`], it converts into an [`std::io::Error`]: the
/// kind is `NotFound`, and for a key of several modules `Other`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SwitchError {
    /// No module that is installed and used has the key.
    #[non_exhaustive]
    Unknown {
        /// The interface of the switch table.
        switch: String,
        /// The key.
        key: String,
        /// The keys that look most like it, the nearest first; all keys if they are few.
        near: Vec<String>,
    },
    /// Several modules have the key.
    #[non_exhaustive]
    Contested {
        /// The interface of the switch table.
        switch: String,
        /// The key.
        key: String,
        /// The modules.
        modules: Vec<String>,
    },
    /// No module recognises the data.
    #[non_exhaustive]
    Unrecognised {
        /// The interface of the switch table.
        switch: String,
        /// The modules that were asked.
        modules: Vec<String>,
    },
    /// The modules could not be listed.
    #[non_exhaustive]
    Registry {
        /// Why.
        source: LoadError,
    },
}

impl fmt::Display for SwitchError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(self, f)
    }
}

// Generic, so that only what uses it has it: see lib.rs.
fn write_text(error: &impl Borrow<SwitchError>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let error = error.borrow();
    match error {
        SwitchError::Unknown { switch, key, near } => {
            write!(f, "no module provides `{switch}` for `{key}`")?;
            match &near[..] {
                [] => f.write_str("; none is installed and in use"),
                near => write!(f, "; there is {}", near.join(", ")),
            }
        }
        SwitchError::Contested {
            switch,
            key,
            modules,
        } => write!(
            f,
            "several modules provide `{switch}` for `{key}`: {}; set all but one of them to \
             `unused`, or remove them",
            modules.join(", ")
        ),
        SwitchError::Unrecognised { switch, modules } => {
            write!(f, "no module that provides `{switch}` recognises the data")?;
            match &modules[..] {
                [] => f.write_str("; none is installed and in use"),
                all => write!(f, "; there is {}", all.join(", ")),
            }
        }
        // No module was asked for: the error's name is the interface's.
        SwitchError::Registry { source } => write!(
            f,
            "can't list the modules that provide `{}`: {}",
            source.module(),
            source.cause()
        ),
    }
}

impl std::error::Error for SwitchError {
    #[inline]
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SwitchError::Registry { source } => source.source(),
            _ => None,
        }
    }
}

/// See [`SwitchError`].
impl From<SwitchError> for std::io::Error {
    #[inline]
    fn from(error: SwitchError) -> Self {
        let kind = match &error {
            SwitchError::Unknown { .. } | SwitchError::Unrecognised { .. } => {
                std::io::ErrorKind::NotFound
            }
            _ => std::io::ErrorKind::Other,
        };
        std::io::Error::new(kind, error)
    }
}
