//! The services without a kernel: in the host before it boots one, and in an image before
//! it is attached. Whatever this file names is linked into every image, so it names nothing of the
//! kernel.

use super::{CallServices, panic};
use crate::call::hold_registry;
use crate::call::switch::Switch;
use crate::call::table::StubTable;
use crate::error::{LoadError, Plain};

pub static UNBOOTED_SERVICES: CallServices = CallServices {
    resolve: |interface, index| Ok(Err(not_booted(interface, index))),
    resolve_weak: |_, _| Ok(None),
    register: |switch| Ok(Err(unregistered(switch, Plain::NotBooted))),
    // In the host these records count: a kernel that boots during the call may still serve it.
    hold: hold_registry::enter_unbooted,
    // Only a static module runs without a kernel, and its caller has the same copy of std.
    raise: |report| panic::raise_here(report.text()),
    panicked: |note| panic::run_hook(note.text(None)),
};

/// The error of a call that finds no kernel.
pub fn not_booted(interface: &StubTable, index: usize) -> LoadError {
    refused(interface, index, Plain::NotBooted)
}

/// The error of a switch table that does not reach a kernel.
pub fn unregistered(switch: &Switch, cause: Plain) -> LoadError {
    LoadError::plain(switch.template.declaration.name, None, cause)
}

/// The error of a call that does not reach a kernel.
pub(crate) fn refused(interface: &StubTable, index: usize, cause: Plain) -> LoadError {
    let declared = interface.declaration;
    let function = declared.functions.get(index).name;
    LoadError::plain(declared.name, Some((declared.name, function)), cause)
}
