//! Images: what each linked object tells the kernel, and what the kernel offers to each.

use std::alloc::Layout;

use crate::c_module;
use crate::declaration::{DLKM_INTERFACES, StubTable};
use crate::error::LoadError;
use crate::forward;
use crate::held;
use crate::hold::{self, HoldRecord, ThreadHold};
use crate::module::{DLKM_MODULES, Wrapper};
use crate::panic::{self, PanicNote, PanicReport};
use crate::primitive::{Acquire, AtomicPtr, AtomicUsize, OnceLock, Release};
use crate::stub::Code;

/// The kernel's functions that an image calls through.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) resolve: fn(&'static StubTable, usize) -> Result<Code, LoadError>,
    pub(crate) settle: fn(&'static StubTable, usize) -> Option<Code>,
    pub(crate) hold: fn(&'static StubTable, &ThreadHold) -> *const HoldRecord,
    pub(crate) raise: fn(&PanicReport<'_>) -> !,
    pub(crate) panicked: fn(&PanicNote<'_>),
    pub(crate) alloc: unsafe fn(Layout) -> *mut u8,
    pub(crate) alloc_zeroed: unsafe fn(Layout) -> *mut u8,
    pub(crate) realloc: unsafe fn(*mut u8, Layout, usize) -> *mut u8,
    pub(crate) dealloc: unsafe fn(*mut u8, Layout),
    pub(crate) forward: forward::Sinks,
}

/// The kernel's services once this image is attached to one; null in the kernel's own
/// image and in one that was not attached (yet).
static HOST: AtomicPtr<Services> = AtomicPtr::new(std::ptr::null_mut());

/// The services of the kernel that attached this image.
#[inline]
pub(crate) fn host() -> Option<&'static Services> {
    // Acquire: with the Release in `attach`.
    let host = HOST.load(Acquire);
    // SAFETY: null, or a static of the kernel's image, which is never unloaded.
    unsafe { host.as_ref() }
}

/// The services to use: of the kernel that attached this image, else this copy's own,
/// which are right in the host and answer "not booted" in an image that is not attached.
pub(crate) fn services() -> &'static Services {
    host().unwrap_or(&crate::kernel::SERVICES)
}

/// What one linked object holds: its slices, and the functions that only its own copy of
/// the runtime can do. The `'static` in it means: as long as the object is mapped.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    pub(crate) modules: &'static [Wrapper],
    pub(crate) interfaces: &'static [StubTable],
    pub(crate) attach: fn(&'static Services, &str),
    pub(crate) detach: fn(),
    pub(crate) raise: fn(String) -> !,
    /// How many values that the image made are held: see [`crate::Held`].
    pub(crate) held: &'static AtomicUsize,
}

/// What the kernel's own image holds: all modules that were linked into it.
pub(crate) fn of_host() -> Image {
    image(DLKM_MODULES.static_slice())
}

/// What a module's image holds. Another driver crate that the module's crate depends on is
/// there too, but is not what the image was built for.
pub fn of_module(module: &'static Wrapper) -> Image {
    image(std::slice::from_ref(module))
}

fn image(modules: &'static [Wrapper]) -> Image {
    Image {
        modules,
        interfaces: DLKM_INTERFACES.static_slice(),
        attach,
        detach,
        raise: panic::raise_here,
        held: held::count(),
    }
}

/// The module that this image is.
static MODULE: OnceLock<String> = OnceLock::new();

/// The name of the module that this image is; empty in the host and before it is attached.
pub(crate) fn module() -> &'static str {
    MODULE.get().map_or("", String::as_str)
}

/// What of `attach` a kernel of another compiler needs: its services are `c_module::host`. No
/// stub of this image finds a kernel, and records go nowhere.
pub(crate) fn attach_c(module: &str) {
    let _ = MODULE.set(module.to_owned());
    panic::forward_hook(module.to_owned());
}

pub(crate) extern "C" fn detach_c() {
    panic::restore_hook();
}

/// Raises a panic in the caller of this image's function.
pub(crate) fn raise(report: &PanicReport<'_>) -> ! {
    match c_module::host() {
        Some(host) => host.raise(report),
        None => (services().raise)(report),
    }
}

/// Tells the kernel of a panic.
pub(crate) fn panicked(note: &PanicNote<'_>) {
    match c_module::host() {
        Some(host) => host.panicked(note),
        None => (services().panicked)(note),
    }
}

fn attach(services: &'static Services, module: &str) {
    // An image is attached once: one that stayed mapped is not opened again.
    let _ = MODULE.set(module.to_owned());
    // Calls that constructors made before this found no kernel; their records are this
    // copy's own, and no unloader would look at them.
    hold::forget_image(DLKM_INTERFACES.static_slice());
    // Release: with the Acquire in `host`.
    HOST.store(std::ptr::from_ref(services).cast_mut(), Release);
    panic::forward_hook(module.to_owned());
    forward::attach(&services.forward);
}

fn detach() {
    panic::restore_hook();
    forward::detach();
}
