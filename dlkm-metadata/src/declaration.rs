//! What `#[module]` on a trait declares: an interface.

use std::fmt;

/// Whether a module behind an interface may be unloaded: the `class` statement of HP-UX's stub
/// definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// No stub takes a hold, so a loaded module stays.
    LoadOnly,
    /// The interface has a `#[ustub]`: calls hold the module for their own length.
    Unloadable,
}

impl Class {
    /// As written in an image's metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::LoadOnly => "load-only",
            Class::Unloadable => "unloadable",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How the functions of an interface are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Abi {
    /// As Rust does; host and module must be built alike.
    Rust,
    /// As C does: `abi = "C"` on the interface. Only types laid out alike by every compiler.
    C,
}

impl Abi {
    /// As written in an image's metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Abi::Rust => "Rust",
            Abi::C => "C",
        }
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One function of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// The function's name.
    pub name: &'static str,
    /// Its type as its author wrote it: `fn(u32, usize) -> Result<SegmentId, ShmError>`.
    pub signature: &'static str,
    /// A hash of its type, down to the layout of each type in it.
    pub hash: u64,
}

/// The compile-time half of an interface: what a driver must provide.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The interface's name, unique within a host.
    pub name: &'static str,
    /// Whether its modules may be unloaded.
    pub class: Class,
    /// How its functions are called.
    pub abi: Abi,
    /// The version of the crate that declares it.
    pub version: &'static str,
    /// Its functions, in the trait's order.
    pub functions: &'static [Function],
}
