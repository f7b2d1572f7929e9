//! Why there is no C header for some interfaces.

use std::fmt;

use dlkm_metadata::limits;

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
    /// A type that nests too deep to be parsed.
    Nested {
        /// The interface.
        interface: String,
        /// The type as the metadata has it.
        ty: String,
    },
    /// Two types, functions, variants or fields have the same name in C.
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
                    "interface `{interface}` uses `{}`, which has no equivalent in C; use another \
                     type",
                    short(ty)
                )
            }
            HeaderError::Nested { interface, ty } => {
                write!(
                    f,
                    "interface `{interface}` uses `{}`, which nests more than {} levels; put a \
                     part of it into a type of its own",
                    short(ty),
                    limits::NESTING
                )
            }
            HeaderError::Twice { interface, name } => write!(
                f,
                "interface `{interface}` has two items that would both be `{}` in C; rename one of \
                 them",
                short(name)
            ),
        }
    }
}

/// At most the first characters of a text that may be long.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(limits::QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

impl std::error::Error for HeaderError {}
