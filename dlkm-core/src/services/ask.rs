//! How an image calls the kernel: the one that attached it, or the one that was booted in it.

use super::panic::{PanicNote, PanicReport, raise_here};
use super::{CallServices, Services, c, unbooted};
use crate::call::hold::{Hold, HoldPlace};
use crate::call::slot::Code;
use crate::call::table::StubTable;
use crate::error::{LoadError, Plain};
use crate::primitive::{Acquire, AtomicBool, AtomicPtr, OnceLock, Relaxed, Release};

/// The services of the kernel that attached this image; null in the kernel's own image and in
/// an image that has not been attached.
///
/// # Invariants
/// 1. Null, or a `&'static Services` of the kernel's image, which is never unloaded.
pub static ATTACHED: AtomicPtr<Services> = AtomicPtr::new(std::ptr::null_mut());

/// The services of the kernel that this image, a program, has booted; null before. A pointer, not a
/// name: whatever an image names is linked into it, and an image needs no kernel of its own.
///
/// # Invariants
/// 1. Null, or a `&'static CallServices` of an image that is never unloaded.
static BOOTED: AtomicPtr<CallServices> = AtomicPtr::new(std::ptr::null_mut());

/// Makes the kernel that this image has booted answer, unless another one has attached the image.
pub(crate) fn booted(services: &'static CallServices) {
    // Release: pairs with the Acquire in `calls`.
    BOOTED.store(std::ptr::from_ref(services).cast_mut(), Release);
}

/// The services of the kernel that attached this image.
#[inline]
pub(crate) fn host() -> Option<&'static Services> {
    // Acquire: pairs with the Release in `image::rust::attach`.
    let host = ATTACHED.load(Acquire);
    // SAFETY: `ATTACHED` invariant 1; only shared references to it exist.
    unsafe { host.as_ref() }
}

/// Whether the kernel of this image's own stubs was booted by this image.
pub fn is_booted() -> bool {
    // Relaxed: nothing is read through it.
    !BOOTED.load(Relaxed).is_null()
}

/// Whether a kernel in another image has attached this one.
pub fn is_attached() -> bool {
    host().is_some() || c::host().is_some()
}

/// The services to use: those of the kernel that attached this image, otherwise of the one that
/// was booted in it, otherwise those that answer "not booted".
pub(crate) fn calls() -> &'static CallServices {
    if let Some(host) = host() {
        return &host.calls;
    }
    // Acquire: pairs with the Release in `booted`.
    let own = BOOTED.load(Acquire);
    // SAFETY: `BOOTED` invariant 1; only shared references to it exist.
    unsafe { own.as_ref() }.unwrap_or(&unbooted::UNBOOTED_SERVICES)
}

/// Whether the kernel that attached this image is about to close it.
static DETACHED: AtomicBool = AtomicBool::new(false);

/// From now on, stubs of this image find no kernel. Its destructors run under a lock of the dynamic
/// linker, which a thread that loads a module needs: they must not wait for such a thread.
pub(crate) fn detach() {
    // Relaxed: the thread that calls this runs the destructors. If another thread that is still in
    // the image asks the kernel, the kernel refuses it.
    DETACHED.store(true, Relaxed);
}

pub(crate) fn is_detached() -> bool {
    // Relaxed: see `detach`.
    DETACHED.load(Relaxed)
}

/// The name of this image's module.
pub static MODULE: OnceLock<&str> = OnceLock::new();

/// The name of this image's module; empty in the host, and in an image before it is attached.
pub(crate) fn module() -> &'static str {
    MODULE.get().copied().unwrap_or_default()
}

/// Raises a panic in the caller of this image's function.
pub(crate) fn raise(report: &PanicReport<'_>) -> ! {
    match c::host() {
        Some(host) => host.raise(report),
        None => (calls().raise)(report),
    }
}

/// Reports a panic to the kernel.
pub(crate) fn panicked(note: &PanicNote<'_>) {
    match c::host() {
        Some(host) => host.panicked(note),
        None => (calls().panicked)(note),
    }
}

/// Finds the function behind an unbound stub, and loads its module if necessary.
/// `index` counts the interface's functions from 0.
///
/// # Errors
/// The module can't be loaded, or lacks the function.
///
/// # Panics
/// The host's code panicked during the load, for instance an observer.
#[cold]
pub fn resolve(interface: &'static StubTable, index: usize) -> Result<Code, LoadError> {
    match interface.stubs[index].failure() {
        Some(failure) => Err(failure.into()),
        None => ask(interface, index),
    }
}

/// Asks the kernel. A function of its own, so that a call with a remembered failure does not set up
/// a stack frame for this.
#[inline(never)]
fn ask(interface: &'static StubTable, index: usize) -> Result<Code, LoadError> {
    if is_detached() {
        return Err(unbooted::refused(interface, index, Plain::CallerUnloaded));
    }
    attached(interface, index)?;
    (calls().resolve)(interface, index).unwrap_or_else(|message| raise_here(message))
}

/// Makes a kernel attach this image, if it is a stub module that none has attached yet. A first call
/// does so before it takes its hold, since the hold must count for the kernel that serves the call.
///
/// # Errors
/// No kernel does.
#[cold]
pub fn attached(interface: &StubTable, index: usize) -> Result<(), LoadError> {
    // A pointer: what makes a kernel attach an image, and says why none does, is in stub modules only.
    match interface.reach {
        Some(reach) if !is_attached() => reach(interface, index),
        _ => Ok(()),
    }
}

/// Waits until no load or unload of the module behind a weak stub is in progress, and returns
/// the function if the module is loaded. Loads nothing.
///
/// # Errors
/// The module is not loaded.
///
/// # Panics
/// As [`resolve`].
#[cold]
pub fn resolve_weak(interface: &'static StubTable, index: usize) -> Result<Code, NotLoaded> {
    if is_detached() {
        return Err(NotLoaded);
    }
    attached(interface, index).map_err(|_| NotLoaded)?;
    let found = (calls().resolve_weak)(interface, index);
    found
        .unwrap_or_else(|message| raise_here(message))
        .ok_or(NotLoaded)
}

/// A weak stub's module is not loaded, so the fallback must be called.
#[derive(Clone, Copy, Debug)]
pub struct NotLoaded;

impl HoldPlace {
    /// Counts a call of `interface` in, whose place this is and which has no cell of the thread's, or
    /// whose place is not known yet. Makes it known.
    #[cold]
    pub fn enter_first(&self, interface: &'static StubTable) -> Hold {
        self.enter_later()
            .unwrap_or_else(|| self.ask_for_hold(interface))
    }

    /// Asks the kernel. A function of its own, so that the one above needs no stack frame.
    #[cold]
    #[inline(never)]
    fn ask_for_hold(&self, interface: &'static StubTable) -> Hold {
        let record = (calls().hold)(interface, self);
        // SAFETY: the service `hold` is `hold_registry::enter`, which returns a live record of
        // this thread with this call counted in (`Hold` invariant 1).
        Hold::of(unsafe { &*record })
    }
}
