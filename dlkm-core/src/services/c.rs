//! The kernel's services for an image of another compiler, with C's layout.

use crate::c::Str;
use crate::primitive::{Acquire, AtomicPtr};
use crate::services::panic::{PanicNote, PanicReport};

/// The revision of these declarations.
pub const REVISION: u32 = 1;

/// The kernel's services for an image that it attaches.
#[derive(Debug)]
#[repr(C)]
pub struct CServices {
    pub revision: u32,
    /// Raises a panic in the caller of the module's function; does not return.
    pub raise: extern "C-unwind" fn(&CPanicReport<'_>) -> !,
    /// Runs the host's panic hook.
    pub panicked: extern "C" fn(&CPanicNote<'_>),
}

/// A [`PanicReport`].
#[derive(Debug)]
#[repr(C)]
pub struct CPanicReport<'a> {
    pub module: Str<'a>,
    pub interface: Str<'a>,
    pub function: Str<'a>,
    pub message: Str<'a>,
    /// `on_panic = unload`.
    pub unload: bool,
    pub frame: *const u8,
}

/// A [`PanicNote`].
#[derive(Debug)]
#[repr(C)]
pub struct CPanicNote<'a> {
    pub module: Str<'a>,
    pub location: Str<'a>,
    pub message: Str<'a>,
}

/// The kernel's services, if a kernel of another compiler has attached this image.
///
/// # Invariants
/// 1. Null, or a `&'static CServices` of the kernel's image, which is never unloaded.
pub static C_ATTACHED: AtomicPtr<CServices> = AtomicPtr::new(std::ptr::null_mut());

/// The services of the kernel that attached this image, if another compiler built that kernel.
#[inline]
pub(crate) fn host() -> Option<&'static CServices> {
    // Acquire: pairs with the Release in `image::c::attach`.
    let host = C_ATTACHED.load(Acquire);
    // SAFETY: `C_ATTACHED` invariant 1; only shared references to it exist.
    unsafe { host.as_ref() }
}

impl CServices {
    pub(crate) fn raise(&self, report: &PanicReport<'_>) -> ! {
        (self.raise)(&CPanicReport {
            module: report.module.into(),
            interface: report.function.0.into(),
            function: report.function.1.into(),
            message: report.message.into(),
            unload: report.unload,
            frame: report.frame,
        })
    }

    pub(crate) fn panicked(&self, note: &PanicNote<'_>) {
        (self.panicked)(&CPanicNote {
            module: note.module.into(),
            location: note.location.into(),
            message: note.message.into(),
        });
    }
}
