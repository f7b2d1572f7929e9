//! The stubs of one interface in one image.

use dlkm_metadata::write::{Declaration, Described};

use crate::call::hold::HoldPlace;
use crate::call::slot::Code;
use crate::call::stub::{Stub, StubKind};
use crate::error::LoadError;

/// The run-time half of an interface: its stubs in one image.
///
/// # Invariants
/// 1. For the index of a weak stub, `waits` returns what the stub's slot may hold by `Slot` invariant
///    1, and it is of the same image.
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
    /// What each of them does while its module is not loaded.
    pub kinds: &'static [StubKind],
    /// Which module they call, if they are those of an entry of a switch table.
    pub entry: Option<InEntry>,
    /// If there are weak stubs: the function that each has for a call during an unload.
    pub waits: Option<Waits>,
    /// In an autoload stub module: finds the kernel of the process, which need not have opened the
    /// image.
    pub reach: Option<Reach>,
}

/// The function that waits for the end of an unload and loads nothing, for the weak stub of this
/// index. Code finds it, and not the slot: the linker would have to relocate an address in each.
pub type Waits = fn(index: usize) -> Code;

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

    /// Makes calls of stub number `index` wait for the end of an unload. The unloader calls this
    /// before its barrier, with the kernel's lock.
    pub fn suspend(&self, index: usize) {
        let slot = &self.stubs[index].slot;
        match (self.kinds[index], self.waits) {
            // SAFETY: `StubTable` invariant 1.
            (StubKind::Weak, Some(waits)) => unsafe { slot.suspend(waits(index)) },
            // The unbound function asks, which waits too.
            _ => slot.unbind(),
        }
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
