//! The functions that the kernel's image offers to itself and to every other image. Only the
//! kernel's boot names them, so that an image does not link the kernel.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::panic_trace;
use super::state::Kernel;
use crate::boundary::forward;
use crate::boundary::panic_hook;
use crate::boundary::thread_count;
use crate::boundary::waker;
use crate::call::hold_registry;
use crate::call::slot::Code;
use crate::call::switch::{DLKM_SWITCHES, Switch, is_in};
use crate::call::table::{DLKM_INTERFACES, StubTable};
use crate::error::{LoadError, Plain};
use crate::loader::Mapped;
use crate::os;
use crate::primitive::Arc;
use crate::services::panic::{self, PanicNote, PanicReport};
use crate::services::{CallServices, Contained, Services, unbooted};

pub(super) static KERNEL_SERVICES: Services = Services {
    calls: CallServices {
        resolve,
        resolve_weak,
        register,
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

fn resolve(interface: &'static StubTable, index: usize) -> Contained<Result<Code, LoadError>> {
    contained(interface, || match Kernel::get() {
        Some(kernel) => kernel.resolve(interface, index),
        // The kernel is about to be set.
        None => Err(unbooted::not_booted(interface, index)),
    })
}

fn resolve_weak(interface: &'static StubTable, index: usize) -> Contained<Option<Code>> {
    contained(interface, || Kernel::get()?.resolve_weak(interface, index))
}

fn register(switch: &'static Switch) -> Contained<Result<(), LoadError>> {
    contained_unless(
        is_in(&DLKM_SWITCHES, std::ptr::from_ref(switch).addr()),
        || match Kernel::get() {
            Some(kernel) => kernel.register(switch),
            None => Err(unbooted::unregistered(switch, Plain::NotBooted)),
        },
    )
}

/// Answers a call of `interface`. If the image with that stub is not the host, a panic ends here,
/// and goes on there as a panic of that image's std. The panic hook has reported it.
fn contained<T>(interface: &'static StubTable, answer: impl FnOnce() -> T) -> Contained<T> {
    let is_host = match interface.entry {
        None => {
            let of_host = DLKM_INTERFACES.static_slice().as_ptr_range();
            of_host.contains(&std::ptr::from_ref(interface))
        }
        Some(entry) => is_in(&DLKM_SWITCHES, entry.switch),
    };
    contained_unless(is_host, answer)
}

pub(super) fn contained_unless<T>(is_host: bool, answer: impl FnOnce() -> T) -> Contained<T> {
    if is_host {
        return Ok(answer());
    }
    // The kernel's data changes in single steps: see `primitive::lock`.
    catch_unwind(AssertUnwindSafe(answer)).map_err(panic::message)
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
        None => match Kernel::get() {
            Some(kernel) => kernel.host_image().raise(message),
            None => panic::raise_here(message),
        },
    }
}

impl Kernel {
    /// The program's image.
    fn host_image(&self) -> Arc<Mapped> {
        Arc::clone(self.control.lock().images.host())
    }

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
    let announce = Kernel::get().map_or(panic_hook::announce as fn(&_, _, _), |kernel| {
        kernel.hook.announce
    });
    announce(note, function.as_deref(), panic_trace::text());
}
