//! Why interfaces have no C header.

use std::fmt;

/// Why there is no header.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// There is no interface.
    Empty,
    /// The interface's functions are called as Rust calls.
    Abi {
        /// The interface.
        interface: String,
    },
    /// A type that C does not have, or that the metadata does not describe.
    Type {
        /// The interface.
        interface: String,
        /// The type, as the metadata shows it.
        ty: String,
    },
    /// Two types have one name in C.
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
            HeaderError::Empty => f.write_str("there is no interface of ABI C"),
            HeaderError::Abi { interface } => write!(
                f,
                "interface `{interface}` is not of ABI C: declare it with \
                 `#[module(abi = \"C\")]`"
            ),
            HeaderError::Type { interface, ty } => {
                write!(f, "interface `{interface}`: C has no type for `{ty}`")
            }
            HeaderError::Twice { interface, name } => write!(
                f,
                "interface `{interface}` has two types that would both be `{name}` in C"
            ),
        }
    }
}

impl std::error::Error for HeaderError {}
