//! The stubs of one interface in one image.

use dlkm_metadata::write::{Declaration, Described};

use crate::call::hold::HoldPlace;
use crate::call::stub::Stub;
use crate::error::LoadError;

/// The run-time half of an interface: its stubs in one image.
#[derive(Debug)]
pub struct StubTable {
    /// The trait's declaration.
    pub declaration: Declaration,
    /// The types that the functions use, as text: see [`crate::metadata`].
    pub types: &'static [u8],
    /// The place of the records of its calls.
    pub hold: &'static HoldPlace,
    /// One stub for each function, in the same order.
    pub stubs: &'static [Stub],
    /// Which module they call, if they are those of an entry of a switch table.
    pub entry: Option<InEntry>,
    /// In an autoload stub module: finds the kernel of the process, which need not have opened the
    /// image.
    pub reach: Option<Reach>,
}

/// Makes the kernel of the process attach this image, for a call of a function of the interface, by its index.
pub type Reach = fn(interface: &StubTable, index: usize) -> Result<(), LoadError>;

/// The module of an entry of a switch table.
#[derive(Clone, Copy, Debug)]
pub struct InEntry {
    /// The address of the table, which is in the same image.
    pub switch: usize,
    /// The module's name.
    pub module: &'static str,
    /// The name under which the calls of the entry are counted.
    pub counted: &'static str,
}

impl StubTable {
    /// The name under which the calls are counted.
    pub(crate) fn counted_as(&self) -> &'static str {
        self.entry
            .map_or(self.declaration.name, |entry| entry.counted)
    }

    /// The interface, as the image was built with it.
    pub fn described(&self) -> Described<'_> {
        Described {
            declaration: &self.declaration,
            types: self.types,
        }
    }
}

/// The interfaces that this image calls or provides. The linker collects them for each image.
#[linkme::distributed_slice]
pub static DLKM_INTERFACES: [StubTable];
