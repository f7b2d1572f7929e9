//! Images: what each linked object tells the kernel, and what the kernel offers to each.

use std::alloc::Layout;
use std::task::Waker;

use crate::c_module;
use crate::error::LoadError;
use crate::forward;
use crate::held;
use crate::hold::{HoldPlace, HoldRecord};
use crate::module::{DLKM_MODULES, Wrapper};
use crate::panic::{self, PanicNote, PanicReport};
use crate::primitive::{Acquire, AtomicPtr, AtomicUsize, OnceLock, Release};
use crate::slot::Code;
use crate::table::{DLKM_INTERFACES, StubTable};
use crate::threads::{self, ThreadCounts};
use crate::unattached;

/// The kernel's functions that an image calls through.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) calls: CallServices,
    pub(crate) keep_waker: fn(Waker, &'static AtomicUsize) -> Waker,
    pub(crate) alloc: unsafe fn(Layout) -> *mut u8,
    pub(crate) alloc_zeroed: unsafe fn(Layout) -> *mut u8,
    pub(crate) realloc: unsafe fn(*mut u8, Layout, usize) -> *mut u8,
    pub(crate) dealloc: unsafe fn(*mut u8, Layout),
    pub(crate) forward: forward::Sinks,
    pub(crate) threads: threads::Services,
}

/// Those of them that somebody has to answer, whether there is a kernel or not.
#[derive(Debug)]
pub(crate) struct CallServices {
    pub(crate) resolve: fn(&'static StubTable, usize) -> Result<Code, LoadError>,
    pub(crate) settle: fn(&'static StubTable, usize) -> Option<Code>,
    pub(crate) hold: fn(&'static StubTable, &HoldPlace) -> *const HoldRecord,
    pub(crate) raise: fn(&PanicReport<'_>) -> !,
    pub(crate) panicked: fn(&PanicNote<'_>),
}

/// The kernel's services once this image is attached to one; null in the kernel's own
/// image and in one that was not attached (yet).
static HOST: AtomicPtr<Services> = AtomicPtr::new(std::ptr::null_mut());

/// Those of the kernel that was booted in this very image; null before. A pointer, not a
/// name: what an image names is linked into it, and an image needs no kernel of its own.
static OWN: AtomicPtr<CallServices> = AtomicPtr::new(std::ptr::null_mut());

/// Lets this image's own kernel answer, unless another one has attached the image.
pub(crate) fn booted(services: &'static CallServices) {
    // Release: with the Acquire in `calls`.
    OWN.store(std::ptr::from_ref(services).cast_mut(), Release);
}

/// The services of the kernel that attached this image.
#[inline]
pub(crate) fn host() -> Option<&'static Services> {
    // Acquire: with the Release in `attach`.
    let host = HOST.load(Acquire);
    // SAFETY: null, or a static of the kernel's image, which is never unloaded.
    unsafe { host.as_ref() }
}

/// The services to use: of the kernel that attached this image, else of the one that was booted
/// in it, else those that answer "not booted".
pub(crate) fn calls() -> &'static CallServices {
    if let Some(host) = host() {
        return &host.calls;
    }
    // Acquire: with the Release in `booted`.
    let own = OWN.load(Acquire);
    // SAFETY: null, or a static of this image: see `booted`.
    unsafe { own.as_ref() }.unwrap_or(&unattached::SERVICES)
}

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
        raise: panic::raise_here,
        held: held::count(),
        threads: threads::counts(),
    }
}

/// The module that this image is.
static MODULE: OnceLock<&str> = OnceLock::new();

/// The name of the module that this image is; empty in the host and before it is attached.
pub(crate) fn module() -> &'static str {
    MODULE.get().copied().unwrap_or_default()
}

/// What of `attach` a kernel of another compiler needs: its services are `c_module::host`. No
/// stub of this image finds a kernel, and records go nowhere.
pub(crate) fn attach_c(module: &str) {
    // Kept for good, as a kernel of this compiler would find it in `of_module`.
    MODULE.get_or_init(|| module.to_owned().leak());
    panic::forward_hook();
}

pub(crate) extern "C" fn detach_c() {
    panic::restore_hook();
}

/// Raises a panic in the caller of this image's function.
pub(crate) fn raise(report: &PanicReport<'_>) -> ! {
    match c_module::host() {
        Some(host) => host.raise(report),
        None => (calls().raise)(report),
    }
}

/// Tells the kernel of a panic.
pub(crate) fn panicked(note: &PanicNote<'_>) {
    match c_module::host() {
        Some(host) => host.panicked(note),
        None => (calls().panicked)(note),
    }
}

fn attach(services: &'static Services) {
    // Calls that constructors made before this counted in records of this copy's own, which
    // no unloader would look at.
    for interface in DLKM_INTERFACES {
        interface.hold.reset();
    }
    // Release: with the Acquire in `host`.
    HOST.store(std::ptr::from_ref(services).cast_mut(), Release);
    panic::forward_hook();
    forward::attach(&services.forward);
    threads::attach();
}

fn detach() {
    threads::detach();
    panic::restore_hook();
    forward::detach();
}
