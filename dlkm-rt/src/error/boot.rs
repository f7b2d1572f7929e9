//! Booting.

use std::fmt;

use super::LoadError;

/// The kernel could not be booted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BootError {
    /// A kernel is running in this process; see [`Kernel::get`](crate::Kernel::get).
    AlreadyBooted,
    /// Two static modules have the same name.
    #[non_exhaustive]
    DuplicateModule {
        /// The name.
        module: String,
        /// Where the first is declared.
        first: String,
        /// Where the second is declared.
        second: String,
    },
    /// A static module can't be used.
    #[non_exhaustive]
    Static {
        /// Why.
        source: LoadError,
    },
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BootError::AlreadyBooted => {
                f.write_str("a kernel is booted in this process already; `Kernel::get` returns it")
            }
            BootError::DuplicateModule {
                module,
                first,
                second,
            } => write!(
                f,
                "two modules linked into this program are named `{module}`: at {first} and \
                 at {second}; give one another `name`, or leave one out"
            ),
            BootError::Static { source } => source.fmt(f),
        }
    }
}

impl std::error::Error for BootError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BootError::Static { source } => std::error::Error::source(source),
            _ => None,
        }
    }
}
