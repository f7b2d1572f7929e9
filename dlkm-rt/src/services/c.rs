//! What the kernel offers an image of another compiler, laid out as C does.

use crate::c::Str;
use crate::primitive::{Acquire, AtomicPtr};
use crate::services::panic::{PanicNote, PanicReport};

/// Which declarations these are.
pub(crate) const REVISION: u32 = 1;

/// What the kernel offers an image that it attaches.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct CServices {
    pub(crate) revision: u32,
    /// Raises a panic in the caller of the module's function; does not return.
    pub(crate) raise: extern "C-unwind" fn(&CPanicReport<'_>) -> !,
    /// Runs the host's panic hook.
    pub(crate) panicked: extern "C" fn(&CPanicNote<'_>),
}

/// A [`PanicReport`].
#[derive(Debug)]
#[repr(C)]
pub(crate) struct CPanicReport<'a> {
    pub(crate) module: Str<'a>,
    pub(crate) interface: Str<'a>,
    pub(crate) function: Str<'a>,
    pub(crate) message: Str<'a>,
    /// `on_panic = unload`.
    pub(crate) unload: bool,
    pub(crate) frame: *const u8,
}

/// A [`PanicNote`].
#[derive(Debug)]
#[repr(C)]
pub(crate) struct CPanicNote<'a> {
    pub(crate) module: Str<'a>,
    pub(crate) location: Str<'a>,
    pub(crate) message: Str<'a>,
}

/// The kernel's services once a kernel of another compiler has attached this image.
pub(crate) static ATTACHED: AtomicPtr<CServices> = AtomicPtr::new(std::ptr::null_mut());

/// The services of the kernel that attached this image, if another compiler built that.
#[inline]
pub(crate) fn host() -> Option<&'static CServices> {
    // Acquire: with the Release in `attach`.
    let host = ATTACHED.load(Acquire);
    // SAFETY: null, or a static of the kernel's image, which is never unloaded.
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
