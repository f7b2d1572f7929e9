//! What `#[module]` on a trait declares: an interface and its stubs.

use crate::stub::Stub;

/// Whether a module behind an interface may be unloaded: the seeds' `class` statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// One function of an interface, as the compiler that expanded the trait saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// The function's name.
    pub name: &'static str,
    /// Its type, as source text: `fn(u32, usize) -> Result<SegmentId, ShmError>`.
    pub signature: &'static str,
}

/// The compile-time half of an interface: what a driver must provide.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The interface's name, unique within a host.
    pub name: &'static str,
    /// Whether its modules may be unloaded.
    pub class: Class,
    /// Its functions, in the trait's order.
    pub functions: &'static [Function],
}

/// The run-time half: the stubs of one interface in one image.
#[derive(Debug)]
pub struct StubTable {
    /// What the trait said.
    pub declaration: Declaration,
    /// One stub for each function, in the same order.
    pub stubs: &'static [Stub],
}

/// The interfaces that this image calls or provides. Linkers gather it, image by image.
#[linkme::distributed_slice]
pub static DLKM_INTERFACES: [StubTable];
