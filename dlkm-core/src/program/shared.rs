//! In a program whose kernel is in a file of its own, `libdlkm_kernel.so`: boots that kernel. Whatever
//! this file names is linked into the program, so it names nothing of the kernel.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};

use super::ModuleRoot;
use super::described::Program;
use super::request::{Asked, Asking, BOOT_SHARED, BootShared, Functions, REVISION};
use crate::boundary::{forward, thread_count, waker};
use crate::call::hold_registry;
use crate::error::{BootError, LoadError, UnloadError};
use crate::image::door::{KERNEL_FILE, Refusal, kernel_function};
use crate::own_build::TEXT;
use crate::primitive::OnceLock;
use crate::services::panic::raise_here;
use crate::services::{CallServices, Services, ask};

/// Boots the kernel of `libdlkm_kernel.so` with this [`ModuleRoot`], in the place of
/// [`Kernel::boot`](../dlkm_rt/struct.Kernel.html#method.boot). The program then has no kernel in itself, which makes it
/// several hundred kB smaller. It can load and unload modules, and its stubs work as ever, but it can't
/// list or observe modules.
///
/// The file is beside the folder of the module root, where `cargo dlkm build --kernel` puts it, or
/// beside the program if there is no module root. It must have the same build as the program.
///
/// The macro's value is a `Result<SharedKernel, BootError>`: see [`SharedKernel`](crate::SharedKernel).
/// It also sets the program's `#[global_allocator]` to the system's, which the kernel uses too, so a
/// program with another one does not compile.
///
/// ```no_run
/// use dlkm_rt::ModuleRoot;
///
/// // SAFETY: whoever can write to these folders can write to the program.
/// let root = unsafe { ModuleRoot::beside_executable()? };
/// // SAFETY: so can whoever can write to the kernel's file.
/// let kernel = unsafe { dlkm_rt::boot_shared!(root)? };
/// kernel.load("gzip")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As for [`Kernel::boot`](../dlkm_rt/struct.Kernel.html#method.boot). Or the kernel's file can't be used:
/// [`BootError::KernelFile`](crate::BootError::KernelFile).
///
/// # Safety
/// The file `libdlkm_kernel.so` there is as trustworthy as the program, and `cargo dlkm build` made it.
#[macro_export]
macro_rules! boot_shared {
    ($root:expr $(,)?) => {{
        #[global_allocator]
        static DLKM_ALLOCATOR: $crate::private::std::alloc::System =
            $crate::private::std::alloc::System;
        $crate::private::boot_shared($root)
    }};
}

/// The kernel of a program that [`boot_shared!`](crate::boot_shared) has booted.
#[derive(Clone, Copy, Debug)]
pub struct SharedKernel {
    functions: &'static Functions,
}

impl SharedKernel {
    /// Loads a module by name: see [`Kernel::load`](../dlkm_rt/struct.Kernel.html#method.load).
    ///
    /// # Errors
    /// The module can't be loaded.
    pub fn load(&self, module: &str) -> Result<(), LoadError> {
        (self.functions.load)(module).unwrap_or_else(|message| raise_here(message))
    }

    /// Unloads a module: see [`Kernel::unload`](../dlkm_rt/struct.Kernel.html#method.unload).
    ///
    /// # Errors
    /// As for [`Kernel::unload`](../dlkm_rt/struct.Kernel.html#method.unload).
    pub fn unload(&self, module: &str) -> Result<(), UnloadError> {
        (self.functions.unload)(module).unwrap_or_else(|message| raise_here(message))
    }
}

/// What [`boot_shared!`](crate::boot_shared) calls.
///
/// # Errors
/// See there.
///
/// # Safety
/// See there. And the program's global allocator is [`std::alloc::System`].
pub unsafe fn boot_shared(root: ModuleRoot) -> Result<SharedKernel, BootError> {
    if ask::is_attached() || ask::is_booted() {
        return Err(BootError::AlreadyBooted);
    }
    let folder = root.path().and_then(Path::parent).map(Path::to_owned);
    let folder = folder.map_or_else(beside_program, Ok);
    let unusable = |file: PathBuf, reason: String| BootError::KernelFile { file, reason };
    let folder = folder.map_err(|error| unusable(KERNEL_FILE.into(), format!("{error}")))?;
    let file = folder.join(KERNEL_FILE);
    let unusable = |reason| unusable(file.clone(), reason);
    // SAFETY: the caller promises that the file is a kernel's, and that its code may run. In such a
    // file, the symbol has this type.
    let boot = unsafe { kernel_function::<BootShared>(&file, BOOT_SHARED) }.map_err(unusable)?;
    let asked = Asked {
        program: Program::this(),
        root,
        home: hold_registry::OWN,
        services,
        answer: Cell::new(None),
    };
    let mut reason = String::new();
    let asking = Asking {
        revision: REVISION,
        build: TEXT[..].into(),
        asked: (&raw const asked).cast(),
        refusal: Refusal::into(&mut reason),
    };
    let answered = boot(&asking);
    match asked.answer.take() {
        Some(Ok(functions)) if answered => Ok(SharedKernel { functions }),
        Some(Err((error, texts))) if answered => {
            texts.use_these();
            Err(error)
        }
        _ => Err(unusable(reason)),
    }
}

#[inline]
fn beside_program() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().unwrap_or(Path::new("/")).to_owned())
}

/// The services that images get: the program's own, apart from those for which it asks the kernel too.
/// They are a static of the program: an image takes the object that they are in for the host.
#[inline]
fn services(calls: CallServices) -> &'static Services {
    static SERVICES: OnceLock<Services> = OnceLock::new();
    SERVICES.get_or_init(|| Services {
        calls: CallServices {
            hold: hold_registry::enter,
            ..calls
        },
        keep_waker: waker::keep,
        alloc: std::alloc::alloc,
        alloc_zeroed: std::alloc::alloc_zeroed,
        realloc: std::alloc::realloc,
        dealloc: std::alloc::dealloc,
        forward: forward::SINKS,
        threads: thread_count::THREAD_SERVICES,
    })
}
