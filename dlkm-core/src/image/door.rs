//! How a stub module that no kernel has opened reaches the kernel of its process: a program, or a
//! library, is linked to it, and the dynamic linker mapped it.
//!
//! A kernel announces its [`Door`] to the process. The image finds it at its first call, and asks to
//! join. If no kernel was booted, the image boots one: `libdlkm_kernel.so`, which is installed beside
//! the module root.

use std::ffi::{CStr, OsStr, c_void};
use std::fmt::Display;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use super::rust::Image;
use crate::c::Slice;
use crate::call::stub::StubKind;
use crate::call::table::StubTable;
use crate::error::{Cause, LoadError, Plain};
use crate::os::{self, NoFunction};
use crate::primitive::{AtomicBool, AtomicUsize, Mutex, Relaxed, lock};
use crate::services::{ask, unbooted};

/// What a kernel announces. It has C's layout, since another compiler may have built the kernel.
#[derive(Debug)]
#[repr(C)]
pub struct Door {
    pub revision: u32,
    /// Whether it is the kernel of `libdlkm_kernel.so`, which a stub module has booted.
    pub of_stubs: bool,
    /// Attaches an image that is mapped already.
    pub join: extern "C" fn(&Joining<'_>) -> bool,
}

/// The revision of these declarations.
pub const REVISION: u32 = 1;

/// An image that asks to join.
///
/// # Invariants
/// 1. `image` points to an [`Image`] of the build that `metadata` records. The object that it
///    describes is never unmapped.
#[derive(Debug)]
#[repr(C)]
pub struct Joining<'a> {
    /// The module's metadata.
    pub metadata: Slice<'a, u8>,
    /// The path of its file.
    pub file: Slice<'a, u8>,
    pub image: *const c_void,
    pub refusal: Refusal,
}

/// Where a function of another image writes why it refused.
///
/// # Invariants
/// 1. `context` points to a `String` that `say` uses, and that outlives the call.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Refusal {
    context: *mut c_void,
    say: unsafe extern "C" fn(*mut c_void, Slice<'_, u8>),
}

/// The type of `dlkm_kernel_boot` in `libdlkm_kernel.so`: boots a kernel with this module root.
pub type BootKernel = extern "C" fn(root: Slice<'_, u8>, refusal: Refusal) -> bool;

/// The file with a kernel for processes that have none.
pub const KERNEL_FILE: &str = "libdlkm_kernel.so";

impl Refusal {
    pub(crate) fn into(text: &mut String) -> Self {
        unsafe extern "C" fn say(context: *mut c_void, text: Slice<'_, u8>) {
            // SAFETY: `Refusal::into` made `context` from the `String` that it borrows, and nothing else
            // uses that during the call.
            let into = unsafe { &mut *context.cast::<String>() };
            into.push_str(&String::from_utf8_lossy(text.as_slice()));
        }
        Refusal {
            context: std::ptr::from_mut(text).cast(),
            say,
        }
    }

    /// Writes why.
    #[inline]
    pub fn say(self, reason: impl Display) {
        let text = format!("{reason}");
        // SAFETY: `Refusal` invariant 1.
        unsafe { (self.say)(self.context, text.as_bytes().into()) }
    }
}

/// Makes the kernel of this process attach `image`, which is this one, for a call of that function of the
/// interface. If there is none, boots one, unless the function's stub is weak.
///
/// # Errors
/// There is no kernel, and none can or shall be booted, or the kernel was built in another way. Or this thread
/// is in such a call already: the kernel that is being booted runs code that calls this image.
#[inline]
pub fn reach(image: fn() -> Image, interface: &StubTable, index: usize) -> Result<(), LoadError> {
    let boots = interface.kinds[index] != StubKind::Weak;
    reach_kernel(image, boots).map_err(|cause| {
        let error = unbooted::refused(interface, index, cause);
        report(&error);
        error
    })
}

/// Prints why this image reaches no kernel: C code gets only a fallback, and no kernel has an observer
/// that would report it. Once, since each call may come here.
#[inline]
fn report(error: &LoadError) {
    static REPORTED: AtomicBool = AtomicBool::new(false);
    // Relaxed: it guards nothing but the message.
    if let Cause::Unreached { reason } = error.cause()
        && !REPORTED.swap(true, Relaxed)
    {
        // Not the error itself: its texts of all other causes would be in each stub module.
        eprintln!("dlkm: {}", error.because(reason));
    }
}

#[inline]
fn reach_kernel(image: fn() -> Image, boots: bool) -> Result<(), Plain> {
    /// The thread that is in here.
    static REACHING: AtomicUsize = AtomicUsize::new(0);
    static ONE: Mutex<()> = Mutex::new(());
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            REACHING.store(0, Relaxed);
        }
    }

    let me = os::thread_number() as usize;
    // Relaxed, here and below: a thread finds its own number only if it has stored it itself.
    if REACHING.load(Relaxed) == me {
        return Err(Plain::NotBooted);
    }
    let _one = lock(&ONE);
    if ask::is_attached() {
        return Ok(());
    }
    REACHING.store(me, Relaxed);
    let _leave = Leave;
    let booted = door();
    // Weak calls come here again and again, as long as there is no kernel.
    if booted.is_none() && !boots {
        return Err(Plain::NotBooted);
    }
    let file = os::file_of(reach as *const ()).map_err(unreached)?;
    // First: this also names the module.
    let image = image();
    let door = match booted {
        Some(door) => door,
        None => {
            boot_kernel(&file)?;
            door().ok_or(Plain::NotBooted)?
        }
    };
    join(door, &image, &file)
}

#[inline]
fn unreached(reason: impl Display) -> Plain {
    Plain::Unreached {
        reason: format!("{reason}"),
    }
}

/// The door of this process's kernel.
#[inline]
pub fn door() -> Option<&'static Door> {
    // SAFETY: only the runtime places such a note.
    let address = unsafe { os::announced() }?;
    // SAFETY: `Kernel::boot` announces its `Door`, a static of an object that is never unmapped.
    Some(unsafe { &*address.cast::<Door>() })
}

#[inline]
fn join(door: &Door, image: &Image, file: &Path) -> Result<(), Plain> {
    if door.revision != REVISION {
        return Err(unreached(format_args!(
            "the kernel of this process is of another version of dlkm (its protocol is {}, that of \
             this image {REVISION}); build both with one version",
            door.revision
        )));
    }
    // Whoever opened the image may close it, while the kernel has its stubs.
    if !os::pin(reach as *const ()) {
        return Err(unreached("the dynamic linker does not keep the image"));
    }
    let metadata = image.modules.first().map(|one| one.text());
    let mut reason = String::new();
    let joining = Joining {
        metadata: metadata.as_deref().unwrap_or_default().into(),
        file: file.as_os_str().as_bytes().into(),
        image: std::ptr::from_ref(image).cast(),
        refusal: Refusal::into(&mut reason),
    };
    match (door.join)(&joining) {
        true => Ok(()),
        false => Err(unreached(reason)),
    }
}

/// Boots a kernel for a process whose program knows nothing of it.
#[inline]
fn boot_kernel(file: &Path) -> Result<(), Plain> {
    let own = module_root(file);
    let kernel = own.parent().unwrap_or(&own).join(KERNEL_FILE);
    let root = os::initial_variable("DLKM_ROOT").unwrap_or_else(|| own.clone());
    // SAFETY: it was installed together with this image, which runs. The symbol of that name in a kernel's
    // image has this type.
    let boot = unsafe { kernel_function::<BootKernel>(&kernel, c"dlkm_kernel_boot") };
    let boot = boot.map_err(|reason| {
        unreached(format_args!(
            "no kernel is booted in this process, and {} {reason}; `cargo dlkm build --stubs` puts it \
             there",
            kernel.display()
        ))
    })?;
    let mut reason = String::new();
    let booted = boot(
        root.as_os_str().as_bytes().into(),
        Refusal::into(&mut reason),
    );
    match booted {
        true => Ok(()),
        false => Err(unreached(reason)),
    }
}

/// A function of the file with a kernel, which is opened for good: the kernel may be there even if its boot
/// failed.
///
/// # Errors
/// What is wrong with the file.
///
/// # Safety
/// The file's code may run, and `symbol` in it has the type `F`, a function.
#[inline]
pub(crate) unsafe fn kernel_function<F: Copy>(kernel: &Path, symbol: &CStr) -> Result<F, String> {
    if os::is_cut_short(kernel).unwrap_or(false) {
        return Err("is cut short; build or install it again".to_owned());
    }
    // SAFETY: the caller promises that its code may run.
    let function = unsafe { os::function_of(kernel, symbol) }.map_err(|error| match error {
        NoFunction::Library(text) => format!("can't be opened: {text}"),
        NoFunction::Function(text) => format!("is of another version of dlkm: {text}"),
    })?;
    const { assert!(size_of::<F>() == size_of::<NonNull<c_void>>()) };
    // SAFETY: the caller promises that the symbol has the type `F`, a function, of the size of its address.
    Ok(unsafe { std::mem::transmute_copy(&function) })
}

/// The module root of a stub module's file: the folder that it is installed in as a module, or else the
/// folder `modules` beside it.
#[inline]
fn module_root(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(Path::new("/"));
    let own_name = file.file_stem() == Some(OsStr::new(ask::module()));
    match own_name {
        true => folder.to_owned(),
        false => folder.join("modules"),
    }
}
