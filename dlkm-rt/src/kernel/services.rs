//! The functions that the kernel's image offers to itself and to every other image. Only the
//! kernel's boot names them, so that an image does not link the kernel.

use super::state::Kernel;
use crate::boundary::forward;
use crate::boundary::thread_count;
use crate::boundary::waker;
use crate::call::hold_registry;
use crate::call::slot::Code;
use crate::call::table::StubTable;
use crate::error::LoadError;
use crate::os;
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
        // It is about to be.
        None => Err(unbooted::not_booted(interface, index)),
    }
}

fn resolve_weak(interface: &'static StubTable, index: usize) -> Option<Code> {
    Kernel::get()?.resolve_weak(interface, index)
}

/// Raises a module's panic in the image that called it: only its own copy of std can
/// catch it.
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
        // The name is a static of the image that panicked, unless another compiler built that.
        kernel.distrust(module, message, os::image_base(module.as_ptr().cast()));
    }
    let message = report.text();
    let base = panic::caller_of(*frame).and_then(os::image_base);
    let image = Kernel::get().and_then(|kernel| {
        let addresses: Vec<_> = {
            let table = kernel.control.lock();
            table.images.iter().map(|image| image.address()).collect()
        };
        // Without the lock: `os::image_base` waits for the dynamic linker's, under which an
        // image's destructors run, and these may call a stub, which waits for ours.
        let mut addresses = addresses.into_iter();
        let caller = addresses.find(|address| os::image_base(*address) == base)?;
        let table = kernel.control.lock();
        let mut images = table.images.iter();
        images.find(|image| image.address() == caller).cloned()
    });
    match image {
        Some(image) => image.raise(message),
        // Called by an object that is no image of ours, so by the host through it.
        None => panic::raise_here(message),
    }
}

/// Runs the host's panic hook, with the name of the module's function that is on the stack.
fn panicked(note: &PanicNote<'_>) {
    let mut starts = Vec::new();
    os::walk_frames(&mut |frame| {
        starts.push(frame.function);
        true
    });
    let function = Kernel::get().and_then(|kernel| kernel.export_at(note.module, &starts));
    panic::announce(note, function.as_deref());
}
