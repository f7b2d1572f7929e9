//! Images that this compiler built: what each linked object tells the kernel.

use crate::boundary::contain;
use crate::boundary::forward;
use crate::boundary::held;
use crate::boundary::thread_count::{self, ThreadCounts};
use crate::call::table::{DLKM_INTERFACES, StubTable};
use crate::declare::module::{DLKM_MODULES, Wrapper};
use crate::primitive::{AtomicUsize, Release};
use crate::services::Services;
use crate::services::ask::{ATTACHED, MODULE};
use crate::services::panic::raise_here;

/// What one linked object holds: its slices, and the functions that only its own copy of
/// the runtime can do. The `'static` in it means: as long as the object is mapped.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    pub(crate) modules: &'static [Wrapper],
    pub(crate) interfaces: &'static [StubTable],
    pub(crate) attach: fn(&'static Services),
    pub(crate) detach: fn(),
    pub(crate) raise: fn(String) -> !,
    /// How many values that the image made are held: see [`crate::Held`].
    pub(crate) held: &'static AtomicUsize,
    /// How many threads run the image's code.
    pub(crate) threads: &'static ThreadCounts,
}

/// What the kernel's own image holds: all modules that were linked into it.
pub(crate) fn of_host() -> Image {
    image(DLKM_MODULES.static_slice())
}

/// What a module's image holds. Another driver crate that the module's crate depends on is
/// there too, but is not what the image was built for.
pub fn of_module(module: &'static Wrapper, name: &'static str) -> Image {
    // Not a copy of what `attach` is told: nobody would free that when the image goes.
    MODULE.get_or_init(|| name);
    image(std::slice::from_ref(module))
}

fn image(modules: &'static [Wrapper]) -> Image {
    Image {
        modules,
        interfaces: DLKM_INTERFACES.static_slice(),
        attach,
        detach,
        raise: raise_here,
        held: held::count(),
        threads: thread_count::counts(),
    }
}

/// What of `attach` a kernel of another compiler needs: its services are `c_module::host`. No
/// stub of this image finds a kernel, and records go nowhere.
pub(crate) fn attach_c(module: &str) {
    // Kept for good, as a kernel of this compiler would find it in `of_module`.
    MODULE.get_or_init(|| module.to_owned().leak());
    contain::forward_hook();
}

pub(crate) extern "C" fn detach_c() {
    contain::restore_hook();
}

fn attach(services: &'static Services) {
    // Calls that constructors made before this counted in records of this copy's own, which
    // no unloader would look at.
    for interface in DLKM_INTERFACES {
        interface.hold.reset();
    }
    // Release: with the Acquire in `host`.
    ATTACHED.store(std::ptr::from_ref(services).cast_mut(), Release);
    contain::forward_hook();
    forward::attach(&services.forward);
    thread_count::attach();
}

fn detach() {
    thread_count::detach();
    contain::restore_hook();
    forward::detach();
}
