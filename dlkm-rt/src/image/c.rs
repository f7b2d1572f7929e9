//! Modules of another compiler: what such an image holds and is handed, laid out as C does.
//!
//! An image that this compiler built tells the kernel of itself by `dlkm_image_entry`, whose
//! types are Rust's. One of a C compiler, or of another rustc, has a static `dlkm_c_module`
//! instead, a [`CModule`]: a Rust image has both, and the kernel uses this one if the builds
//! differ and all of the module's interfaces are of ABI C. `dlkm header` writes the same
//! declarations in C; they change with [`REVISION`] alone.

use std::ffi::c_void;
use std::slice;

use super::rust;
use crate::c::Str;
use crate::declare::module::{Exports, Hook, LoadArg};
use crate::error::{Errno, HookError};
use crate::primitive::Release;
use crate::services::c::{ATTACHED, CServices, REVISION};
use dlkm_metadata::Abi;

/// The static `dlkm_c_module`.
///
/// Whoever makes one, in C, promises: `interfaces` leads to `count` of them, and all of it stays
/// as it is while the image is mapped; the functions are of the types that the image's
/// metadata says.
#[derive(Debug)]
#[repr(C)]
pub struct CModule {
    pub(crate) revision: u32,
    pub(crate) count: u32,
    pub(crate) interfaces: *const CInterface,
    pub(crate) load: Option<CHook>,
    pub(crate) unload: Option<CHook>,
    pub(crate) attach: Option<extern "C" fn(services: &'static CServices, module: Str<'_>)>,
    pub(crate) detach: Option<extern "C" fn()>,
}

// SAFETY: it is never changed.
unsafe impl Sync for CModule {}

/// One interface that the module provides.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct CInterface {
    pub(crate) name: Str<'static>,
    pub(crate) count: usize,
    /// `count` functions, in the order of the metadata's exports.
    pub(crate) functions: *const *const (),
}

// SAFETY: it is never changed.
unsafe impl Sync for CInterface {}

/// A hook: 0 if it succeeded, else an error number; negative if there is none that fits.
pub(crate) type CHook = extern "C" fn(arg: &CHookArg<'_>) -> i32;

/// What a hook is told.
#[derive(Debug)]
#[repr(C)]
pub struct CHookArg<'a> {
    module: Str<'a>,
    /// The image; empty if its name is not UTF-8.
    file: Str<'a>,
    context: *mut c_void,
    /// Takes a text that says why the hook fails.
    say: unsafe extern "C" fn(context: *mut c_void, text: *const u8, length: usize),
}

/// What a Rust hook returns in place of an error number if it has none, and if it panicked.
const NO_NUMBER: i32 = -1;
const PANICKED: i32 = -2;

impl CModule {
    /// What an image holds that rustc built. `interfaces` are those of [`interfaces`].
    pub const fn of_image(interfaces: &'static [CInterface], load: CHook, unload: CHook) -> Self {
        CModule {
            revision: REVISION,
            count: interfaces.len() as u32,
            interfaces: interfaces.as_ptr(),
            load: Some(load),
            unload: Some(unload),
            attach: Some(attach),
            detach: Some(rust::detach_c),
        }
    }
}

impl CInterface {
    /// What there is of `exports`; no functions if they are called as Rust calls.
    const fn of(exports: &Exports) -> Self {
        let functions: &'static [crate::call::slot::Code] = match exports.interface.abi {
            Abi::C => exports.functions,
            _ => &[],
        };
        CInterface {
            name: Str::new(exports.interface.name),
            count: functions.len(),
            // A `Code` is an address.
            functions: functions.as_ptr().cast(),
        }
    }

    /// For each of the `N` exports.
    pub const fn all<const N: usize>(exports: &[Exports]) -> [Self; N] {
        let mut all = [const {
            CInterface {
                name: Str::new(""),
                count: 0,
                functions: std::ptr::null(),
            }
        }; N];
        let mut i = 0;
        while i < N {
            all[i] = CInterface::of(&exports[i]);
            i += 1;
        }
        all
    }
}

/// Runs a Rust hook for a kernel of another compiler.
pub fn run_c_hook(hook: Option<Hook>, arg: &CHookArg<'_>) -> i32 {
    let Some(hook) = hook else { return 0 };
    let own = LoadArg {
        module: arg.module.to_str().unwrap_or_default().to_owned(),
        file: Some(arg.file.to_str().unwrap_or_default().into()),
        upgrade_from: None,
        state: None,
    };
    let Err(error) = hook(&own) else { return 0 };
    let text = error.message.as_bytes();
    // SAFETY: the kernel made the two for each other.
    unsafe { (arg.say)(arg.context, text.as_ptr(), text.len()) };
    match error.errno {
        _ if error.panicked => PANICKED,
        Some(Errno(number)) if number > 0 => number,
        _ => NO_NUMBER,
    }
}

/// In the kernel: runs an image's hook.
pub(crate) fn run_hook(hook: CHook, arg: &LoadArg) -> Result<(), HookError> {
    unsafe extern "C" fn say(context: *mut c_void, text: *const u8, length: usize) {
        // SAFETY: the hook passes on what it got, `said` below, which nobody else uses now.
        let said = unsafe { &mut *context.cast::<String>() };
        let text = match length {
            0 => &[][..],
            // SAFETY: the hook's author promises that a text of this length is there.
            _ => unsafe { slice::from_raw_parts(text, length) },
        };
        said.push_str(&String::from_utf8_lossy(text));
    }
    let mut said = String::new();
    let file = arg.file().and_then(|file| file.to_str());
    let status = hook(&CHookArg {
        module: Str::new(arg.module()),
        file: Str::new(file.unwrap_or_default()),
        context: (&raw mut said).cast(),
        say,
    });
    if status == 0 {
        return Ok(());
    }
    let errno = (status > 0).then_some(Errno(status));
    if said.is_empty() {
        said = match errno {
            Some(errno) => errno.to_string(),
            None => format!("it returned {status}"),
        };
    }
    Err(HookError {
        errno,
        message: said,
        panicked: status == PANICKED,
    })
}

extern "C" fn attach(services: &'static CServices, module: Str<'_>) {
    // Release: with the Acquire in `host`. First, so that what follows can allocate.
    ATTACHED.store(std::ptr::from_ref(services).cast_mut(), Release);
    rust::attach_c(module.to_str().unwrap_or_default());
}
