//! What answers calls where no kernel is: in the host before it boots one, and in an image before
//! it is attached. Whatever is named here is linked into every image, so nothing of the kernel is.

use super::{CallServices, panic};
use crate::call::hold_registry;
use crate::call::table::StubTable;
use crate::error::{Cause, LoadError};

pub(crate) static UNBOOTED_SERVICES: CallServices = CallServices {
    resolve: |interface, index| Err(not_booted(interface, index)),
    resolve_weak: |_, _| None,
    // In the host these count: a kernel that is booted meanwhile may serve the call yet.
    hold: hold_registry::enter,
    // Only a static module runs without a kernel: its caller has the same copy of std.
    raise: |report| panic::raise_here(report.text()),
    panicked: |note| panic::announce(note, None),
};

/// Why a call fails that finds no kernel.
pub(crate) fn not_booted(interface: &StubTable, index: usize) -> LoadError {
    let declared = interface.declaration;
    let error = LoadError::new(declared.name, Cause::NotBooted);
    error.for_function(declared.name, declared.functions[index].name)
}
