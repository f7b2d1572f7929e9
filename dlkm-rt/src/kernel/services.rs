//! The functions that the kernel's image offers to itself and to every other image. Only the
//! kernel's boot names them, so that an image does not link the kernel.

use super::state::Kernel;
use super::{panic_hook, panic_trace};
use crate::boundary::forward;
use crate::boundary::thread_count;
use crate::boundary::waker;
use crate::call::hold_registry;
use crate::call::slot::Code;
use crate::call::table::StubTable;
use crate::error::LoadError;
use crate::loader::Mapped;
use crate::os;
use crate::primitive::Arc;
use crate::services::panic::{self, PanicNote, PanicReport};
use crate::services::{CallServices, Services, unbooted};

pub(super) static KERNEL_SERVICES: Services = Services {
    calls: CallServices {
        resolve,
        resolve_weak,
        hold: hold_registry::enter,
        raise,
        panicked,
    },
    keep_waker: waker::keep,
    alloc: std::alloc::alloc,
    alloc_zeroed: std::alloc::alloc_zeroed,
    realloc: std::alloc::realloc,
    dealloc: std::alloc::dealloc,
    forward: forward::SINKS,
    threads: thread_count::THREAD_SERVICES,
};

fn resolve(interface: &'static StubTable, index: usize) -> Result<Code, LoadError> {
    match Kernel::get() {
        Some(kernel) => kernel.resolve(interface, index),
        // The kernel is about to be set.
        None => Err(unbooted::not_booted(interface, index)),
    }
}

fn resolve_weak(interface: &'static StubTable, index: usize) -> Option<Code> {
    Kernel::get()?.resolve_weak(interface, index)
}

/// Raises a module's panic in the image that called the module: only a panic of that image's own
/// std can be caught there.
fn raise(report: &PanicReport<'_>) -> ! {
    let PanicReport {
        module,
        message,
        unload,
        frame,
        ..
    } = report;
    if let Some(kernel) = Kernel::get()
        && *unload
    {
        // The name is a static of the image that panicked, unless another compiler built the image.
        kernel.distrust(module, message, os::image_base(module.as_ptr().cast()));
    }
    let message = report.text();
    let base = panic::caller_of(*frame).and_then(os::image_base);
    let image = Kernel::get().and_then(|kernel| kernel.image_at(base));
    match image {
        Some(image) => image.raise(message),
        // The caller is an object that is not one of our images, so the host called through it.
        None => panic::raise_here(message),
    }
}

impl Kernel {
    /// The image that is mapped at `base`, if it is one of ours.
    pub(super) fn image_at(&self, base: Option<usize>) -> Option<Arc<Mapped>> {
        let addresses: Vec<_> = {
            let table = self.control.lock();
            table.images.iter().map(|image| image.address()).collect()
        };
        // Without the table's lock: `os::image_base` waits for the dynamic linker's lock, under
        // which an image's destructors run, and these may call a stub, which waits for the table's
        // lock.
        let mut addresses = addresses.into_iter();
        let found = addresses.find(|address| os::image_base(*address) == base)?;
        let table = self.control.lock();
        let mut images = table.images.iter();
        images.find(|image| image.address() == found).cloned()
    }
}

/// Runs the host's panic hook, with the name of the module's function on the stack.
fn panicked(note: &PanicNote<'_>) {
    let mut starts = Vec::new();
    os::walk_frames(&mut |frame| {
        starts.push(frame.function);
        true
    });
    let function = Kernel::get().and_then(|kernel| kernel.export_at(note.module, &starts));
    panic_hook::announce(note, function.as_deref(), panic_trace::text());
}
