//! How an image asks the kernel: the one that attached it, or the one that was booted in it.

use super::panic::{PanicNote, PanicReport};
use super::{CallServices, Services, c, unbooted};
use crate::call::hold::{Hold, HoldPlace};
use crate::call::slot::Code;
use crate::call::table::StubTable;
use crate::error::LoadError;
use crate::primitive::{Acquire, AtomicPtr, OnceLock, Release};

/// The kernel's services once this image is attached to one; null in the kernel's own
/// image and in one that was not attached (yet).
pub(crate) static ATTACHED: AtomicPtr<Services> = AtomicPtr::new(std::ptr::null_mut());

/// Those of the kernel that was booted in this very image; null before. A pointer, not a
/// name: what an image names is linked into it, and an image needs no kernel of its own.
static BOOTED: AtomicPtr<CallServices> = AtomicPtr::new(std::ptr::null_mut());

/// Lets this image's own kernel answer, unless another one has attached the image.
pub(crate) fn booted(services: &'static CallServices) {
    // Release: with the Acquire in `calls`.
    BOOTED.store(std::ptr::from_ref(services).cast_mut(), Release);
}

/// The services of the kernel that attached this image.
#[inline]
pub(crate) fn host() -> Option<&'static Services> {
    // Acquire: with the Release in `attach`.
    let host = ATTACHED.load(Acquire);
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
    let own = BOOTED.load(Acquire);
    // SAFETY: null, or a static of this image: see `booted`.
    unsafe { own.as_ref() }.unwrap_or(&unbooted::UNBOOTED_SERVICES)
}

/// The module that this image is.
pub(crate) static MODULE: OnceLock<&str> = OnceLock::new();

/// The name of the module that this image is; empty in the host and before it is attached.
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

/// Tells the kernel of a panic.
pub(crate) fn panicked(note: &PanicNote<'_>) {
    match c::host() {
        Some(host) => host.panicked(note),
        None => (calls().panicked)(note),
    }
}

/// Finds the function behind an unbound stub, loading its module if it must.
/// `index` counts the interface's functions from 0.
///
/// # Errors
/// Whatever kept the module from being loaded, for this function.
#[cold]
pub fn resolve(interface: &'static StubTable, index: usize) -> Result<Code, LoadError> {
    match interface.stubs[index].failure() {
        Some(failure) => Err(failure.into()),
        None => (calls().resolve)(interface, index),
    }
}

/// Waits until it is settled whether the module behind a weak stub is loaded, and returns
/// its function if it is. Loads nothing.
///
/// # Errors
/// The module is not loaded.
#[cold]
pub fn resolve_weak(interface: &'static StubTable, index: usize) -> Result<Code, NotLoaded> {
    (calls().resolve_weak)(interface, index).ok_or(NotLoaded)
}

/// A weak stub's module is not loaded, so its fallback is to be called.
#[derive(Clone, Copy, Debug)]
pub struct NotLoaded;

impl HoldPlace {
    /// Counts a call in, for `interface`, whose place this is, and makes known where.
    #[cold]
    pub fn enter_first(&self, interface: &'static StubTable) -> Hold {
        let record = (calls().hold)(interface, self);
        // SAFETY: a cell, as in `enter`, or a block: see `Hold::drop`.
        Hold::of(unsafe { &*record })
    }
}
