//! Why there is no C header for some interfaces.

use std::fmt;

/// Why there is no C header for some interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// There are no interfaces.
    Empty,
    /// The ABI of an interface is not C.
    Abi {
        /// The interface.
        interface: String,
    },
    /// A type that C can't express, or that the metadata does not describe.
    Type {
        /// The interface.
        interface: String,
        /// The type as the metadata has it.
        ty: String,
    },
    /// Two types have the same name in C.
    Twice {
        /// The interface.
        interface: String,
        /// The name.
        name: String,
    },
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeaderError::Empty => f.write_str(
                "there is no interface of ABI C; declare one with `#[module(abi = \"C\")]`",
            ),
            HeaderError::Abi { interface } => write!(
                f,
                "the ABI of interface `{interface}` is not C; declare it with \
                 `#[module(abi = \"C\")]`"
            ),
            HeaderError::Type { interface, ty } => {
                write!(
                    f,
                    "interface `{interface}` uses `{ty}`, which has no equivalent in C; use another \
                     type"
                )
            }
            HeaderError::Twice { interface, name } => write!(
                f,
                "interface `{interface}` has two types that would both be `{name}` in C; rename \
                 one of them"
            ),
        }
    }
}

impl std::error::Error for HeaderError {}
