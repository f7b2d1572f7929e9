//! Images that this compiler built: how each linked object describes itself to the kernel.

use crate::boundary::contain;
use crate::boundary::forward;
use crate::boundary::heap_count;
use crate::boundary::held;
use crate::boundary::state;
use crate::boundary::thread_count::{self, ThreadCounts};
use crate::call::switch::{DLKM_SWITCHES, Switch};
use crate::call::table::{DLKM_INTERFACES, StubTable};
use crate::declare::module::{DLKM_MODULES, Wrapper};
use crate::declare::tunable;
use crate::primitive::Release;
use crate::services::Services;
use crate::services::ask::{self, ATTACHED, MODULE};
use crate::services::backtrace::Texts;
use crate::services::held_counts::HeldCounts;
use crate::services::panic::raise_here;

/// Hides the bounds of slices, which the linker would put into the object's dynamic symbols: 20 entries with
/// their names, although no other object may use them.
macro_rules! hidden {
    ($($slice:literal)*) => {
        std::arch::global_asm!($(
            concat!(".hidden __start_linkme_", $slice),
            concat!(".hidden __stop_linkme_", $slice),
            concat!(".hidden __start_linkm2_", $slice),
            concat!(".hidden __stop_linkm2_", $slice),
        )*);
    };
}
hidden! { "DLKM_DIRECT" "DLKM_INTERFACES" "DLKM_MODULES" "DLKM_SWITCHES" "DLKM_TUNABLES" }

/// One linked object: its slices, and the functions that only its own copy of the runtime has.
///
/// # Invariants
/// 1. `'static` in it means: as long as the object is mapped. `Mapped` returns the contents only
///    for the lifetime of a borrow of itself.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    pub modules: &'static [Wrapper],
    pub interfaces: &'static [StubTable],
    pub switches: &'static [Switch],
    pub attach: fn(&'static Services),
    pub detach: fn(),
    /// Drops the values of [`crate::ModuleCell`] and of tunables.
    pub end_states: fn(),
    pub raise: fn(String) -> !,
    pub backtrace: fn() -> Texts,
    /// The bytes of the heap that the image uses.
    pub heap: fn() -> isize,
    /// How many values of this image are held: see [`crate::Held`].
    pub held: &'static HeldCounts,
    /// How many threads run the image's code.
    pub threads: &'static ThreadCounts,
}

/// The kernel's own image, with all modules that were linked into it. No kernel attaches it or asks
/// it for a backtrace, so a host does not contain that code.
#[inline]
pub(crate) fn of_host() -> Image {
    image(DLKM_MODULES.static_slice(), |_| {}, || {}, || Texts::NONE)
}

/// A module's image. If the module's crate depends on another driver crate, that module is linked
/// in too, but the image was not built for it.
pub fn of_module(module: &'static Wrapper, name: &'static str) -> Image {
    // Not a copy: nothing would free it when the image is unmapped.
    MODULE.get_or_init(|| name);
    let module = std::slice::from_ref(module);
    image(module, attach, detach, Texts::take)
}

fn image(
    modules: &'static [Wrapper],
    attach: fn(&'static Services),
    detach: fn(),
    backtrace: fn() -> Texts,
) -> Image {
    Image {
        modules,
        interfaces: DLKM_INTERFACES.static_slice(),
        switches: DLKM_SWITCHES.static_slice(),
        attach,
        detach,
        end_states,
        raise: raise_here,
        backtrace,
        heap: heap_count::bytes,
        held: held::counts(),
        threads: thread_count::counts(),
    }
}

/// Drops the values of its states, then the texts that its tunables were set to.
fn end_states() {
    state::end();
    tunable::reset();
}

/// The part of `attach` that a kernel of another compiler needs; its services are
/// `services::c::host`. No stub of this image finds a kernel, and log records are dropped.
pub(crate) fn attach_c(module: &str) {
    // Leaked: the kernel's text is valid during this call only.
    MODULE.get_or_init(|| module.to_owned().leak());
    contain::forward_hook();
}

#[inline]
pub(crate) extern "C" fn detach_c() {
    end_states();
    contain::restore_hook();
}

fn attach(services: &'static Services) {
    // Until now, constructors' calls were counted in records of this image's own copy of the
    // runtime, which no unloader reads.
    for interface in DLKM_INTERFACES {
        interface.hold.reset();
    }
    // Release: pairs with the Acquire in `services::ask::host`.
    ATTACHED.store(std::ptr::from_ref(services).cast_mut(), Release);
    contain::forward_hook();
    forward::attach(&services.forward);
    thread_count::attach();
}

fn detach() {
    ask::detach();
    thread_count::detach();
    contain::restore_hook();
    forward::detach();
}
