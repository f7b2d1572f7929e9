//! The stubs of one interface in one image.

use dlkm_metadata::write::{Declaration, Described};

use crate::call::hold::HoldPlace;
use crate::call::stub::Stub;

/// The run-time half of an interface: its stubs in one image.
#[derive(Debug)]
pub struct StubTable {
    /// What the trait said.
    pub declaration: Declaration,
    /// The types that the functions use, as text: see [`crate::metadata`].
    pub types: &'static [u8],
    /// Where the records of its calls are.
    pub hold: &'static HoldPlace,
    /// One stub for each function, in the same order.
    pub stubs: &'static [Stub],
}

impl StubTable {
    /// What the image was built with.
    pub(crate) fn described(&self) -> Described<'_> {
        Described {
            declaration: &self.declaration,
            types: self.types,
        }
    }
}

/// The interfaces that this image calls or provides. Linkers gather it, image by image.
#[linkme::distributed_slice]
pub static DLKM_INTERFACES: [StubTable];
