//! A process in a model: its kernel, and what can be asked about it.

use crate::boundary::held;
use crate::call::hold_registry;
use crate::call::switch::DLKM_SWITCHES;
use crate::call::table::{DLKM_INTERFACES, StubTable};
use crate::loader::ModuleRoot;
use crate::services::{ask, c};
use crate::{Event, Kernel, Observer, checked};

/// The stubs in a module's image.
#[derive(Debug)]
pub struct ImageStubs {
    /// The module.
    pub module: &'static str,
    /// Its image's stubs.
    pub interfaces: &'static [StubTable],
}

/// The stubs of modules that call others.
#[linkme::distributed_slice]
pub static IMAGES: [ImageStubs];

pub(crate) fn stubs_in(module: &str) -> &'static [StubTable] {
    let image = IMAGES.iter().find(|image| image.module == module);
    image.map_or(&[], |image| image.interfaces)
}

pub(crate) fn execution() -> u64 {
    checked::execution::number()
}

/// Boots the kernel of this execution, before any thread is started.
///
/// # Panics
/// It is booted already.
pub fn boot() -> &'static Kernel {
    let kernel = Kernel::boot(ModuleRoot::none()).expect("the first of this execution");
    // The objects that all threads use are made before there are others: see `PerExecution`.
    checked::memory::prepare();
    ask::host();
    c::host();
    held::counts().all();
    hold_registry::in_flight(&[]);
    drop(kernel.modules());
    kernel.observe(Nobody);
    let of_images = IMAGES.iter().flat_map(|image| image.interfaces);
    for interface in DLKM_INTERFACES.iter().chain(of_images) {
        interface.hold.reset();
        for stub in interface.stubs {
            // One of them makes each of its atomics.
            let _ = stub.slot.code();
            stub.slot.unbind();
            stub.forget_failure();
        }
    }
    for switch in DLKM_SWITCHES {
        let _ = switch.all();
    }
    kernel
}

struct Nobody;

impl Observer for Nobody {
    fn event(&self, _: &Event<'_>) {}
}

/// Whether calls of all stubs of an interface in one image go to their unbound functions. Comes after other
/// threads have ended.
pub fn is_unbound(interface: &StubTable) -> bool {
    let mut stubs = interface.stubs.iter();
    stubs.all(|stub| stub.slot.is_unbound())
}

/// How many calls of an interface are in flight.
pub fn in_flight(interface: &str) -> u64 {
    hold_registry::in_flight(&[interface])
}
