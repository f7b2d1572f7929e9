//! The kernel's side of [`CServices`].

use crate::c::Str;
use crate::services::c::{CPanicNote, CPanicReport, CServices, REVISION};
use crate::services::panic::{PanicNote, PanicReport};

pub(super) static KERNEL_C_SERVICES: CServices = CServices {
    revision: REVISION,
    raise,
    panicked,
};

extern "C-unwind" fn raise(report: &CPanicReport<'_>) -> ! {
    (super::services::KERNEL_SERVICES.calls.raise)(&PanicReport {
        module: &text(report.module),
        function: (&text(report.interface), &text(report.function)),
        message: &text(report.message),
        unload: report.unload,
        frame: report.frame,
    })
}

extern "C" fn panicked(note: &CPanicNote<'_>) {
    (super::services::KERNEL_SERVICES.calls.panicked)(&PanicNote {
        module: &text(note.module),
        location: &text(note.location),
        message: &text(note.message),
    });
}

/// Not inlined: there are several callers.
#[inline(never)]
fn text(text: Str<'_>) -> String {
    String::from_utf8_lossy(text.bytes()).into_owned()
}
