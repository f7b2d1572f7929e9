//! What `#[module]` on a trait declares: an interface.

use std::fmt;

use crate::functions::Functions;

/// Whether a module behind an interface may be unloaded: the `class` statement of HP-UX's stub
/// definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// No stub takes a hold, so a module stays once it is loaded.
    LoadOnly,
    /// The interface has a `#[ustub]` or says `class = unloadable`: each call holds the module until
    /// it returns.
    Unloadable,
}

impl Class {
    /// The word for it in an image's metadata.
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
    /// With Rust's calling convention; host and module must be built alike.
    Rust,
    /// With C's calling convention: `abi = "C"` on the interface. It allows only types that
    /// every compiler lays out alike.
    C,
}

impl Abi {
    /// The word for it in an image's metadata.
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

/// The compile-time half of an interface: what a driver must provide.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The interface's name, unique within a host.
    pub name: &'static str,
    /// Whether its modules may be unloaded.
    pub class: Class,
    /// Whether it is that of a switch table: many modules provide it, each under keys of its own.
    pub switch: bool,
    /// How its functions are called.
    pub abi: Abi,
    /// The version of the crate that declares it.
    pub version: &'static str,
    /// Its functions, in the trait's order.
    pub functions: Functions,
    /// Whether their types prove that nothing of an image is left behind.
    pub unmap: Unmap,
}

/// Whether the types of an interface's functions prove that nothing of an image, such as a borrow
/// of one of its statics, is left behind with another image. Only then is the image unmapped when
/// its module is unloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmap {
    /// What stands in the way for an image that provides the interface; `None` if nothing does.
    pub provider: Option<Obstacle>,
    /// What stands in the way for an image that calls another image through the interface.
    pub caller: Option<Obstacle>,
}

impl Unmap {
    /// Nothing can be left behind.
    pub const PROVEN: Self = Unmap {
        provider: None,
        caller: None,
    };
}

/// A function through which an image may leave something behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The function's name.
    pub function: &'static str,
    /// What it does, to follow its name: ``returns a borrow, `&str` ``.
    pub does: &'static str,
}
