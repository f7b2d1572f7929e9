//! Modules of another compiler: what such an image contains and receives, with C's layout.
//!
//! An image that this compiler built describes itself by `dlkm_image_entry`, whose
//! types are Rust's. An image from a C compiler, or from another rustc, has a static
//! `dlkm_c_module` instead, a [`CModule`]. A Rust image has both, and the kernel uses the static
//! if the builds differ and all of the module's interfaces are of ABI C. `dlkm header` writes the
//! same declarations in C; they change only with [`REVISION`].

use std::ffi::c_void;
use std::path::Path;
use std::slice;

use super::rust;
use crate::c::Str;
use crate::declare::module::{Exports, Hook, LoadArg};
use crate::error::{Errno, HookError};
use crate::primitive::Release;
use crate::services::c::{C_ATTACHED, CServices, REVISION};
use dlkm_metadata::Abi;

/// The static `dlkm_c_module`.
///
/// # Invariants
/// The author of a module in C promises these; `#[module]` and `DLKM_MODULE` keep them.
///
/// 1. `interfaces` points to `count` values, unless `count` is 0. In each of them, `functions`
///    points to `count` functions, unless that `count` is 0.
/// 2. None of it changes while the image is mapped.
/// 3. Each function has the type that the image's metadata declares.
#[derive(Debug)]
#[repr(C)]
pub struct CModule {
    pub revision: u32,
    pub count: u32,
    pub interfaces: *const CInterface,
    pub load: Option<CHook>,
    pub unload: Option<CHook>,
    pub attach: Option<extern "C" fn(services: &'static CServices, module: Str<'_>)>,
    pub detach: Option<extern "C" fn()>,
}

// SAFETY: by `CModule` invariant 2 it never changes, so threads only read it.
unsafe impl Sync for CModule {}

/// One interface that the module provides.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct CInterface {
    pub name: Str<'static>,
    pub count: usize,
    /// `count` functions, in the order of the metadata's exports.
    pub functions: *const *const (),
}

// SAFETY: by `CModule` invariant 2 it never changes, so threads only read it.
unsafe impl Sync for CInterface {}

/// A hook. It returns 0 if it succeeded, otherwise an error number; a negative number if no error
/// number fits.
pub type CHook = extern "C" fn(arg: &CHookArg<'_>) -> i32;

/// The argument of a hook.
///
/// # Invariants
/// 1. `say` may be called with `context`, on the thread of the hook, until the hook returns.
#[derive(Debug)]
#[repr(C)]
pub struct CHookArg<'a> {
    module: Str<'a>,
    /// The image's path; empty if it is not UTF-8.
    file: Str<'a>,
    context: *mut c_void,
    /// Receives a text that says why the hook fails.
    say: unsafe extern "C" fn(context: *mut c_void, text: *const u8, length: usize),
}

/// What a Rust hook returns if it has no error number, and if it panicked.
const NO_NUMBER: i32 = -1;
const PANICKED: i32 = -2;

impl CModule {
    /// Of a module that only a kernel of its own compiler opens.
    const UNUSED: CModule = CModule {
        revision: REVISION,
        count: 0,
        interfaces: std::ptr::null(),
        load: None,
        unload: None,
        attach: None,
        detach: None,
    };

    /// The static of an image that rustc built. `interfaces` are from [`CInterface::all`] of `exports`.
    pub const fn of_image(
        exports: &[Exports],
        interfaces: &'static [CInterface],
        load: CHook,
        unload: CHook,
    ) -> Self {
        let mut i = 0;
        while i < exports.len() {
            // `Protocol::of` refuses it, so it does not need the code.
            if !matches!(exports[i].interface.abi, Abi::C) {
                return CModule::UNUSED;
            }
            i += 1;
        }
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
    /// The C description of `exports`; without functions if they have Rust's calling convention.
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

    /// The descriptions of `N` exports.
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
#[inline]
pub fn run_c_hook(hook: Option<Hook>, arg: &CHookArg<'_>) -> i32 {
    let Some(hook) = hook else { return 0 };
    let file = Path::new(arg.file.to_str().unwrap_or_default());
    let own = LoadArg::of_load(arg.module.to_str().unwrap_or_default(), Some(file));
    let Err(error) = hook(&own) else { return 0 };
    let text = error.message.as_bytes();
    // SAFETY: `CHookArg` invariant 1: this is the hook's thread, before the hook returns. `text`
    // has that many bytes.
    unsafe { (arg.say)(arg.context, text.as_ptr(), text.len()) };
    match error.errno {
        _ if error.panicked => PANICKED,
        Some(Errno(number)) if number > 0 => number,
        _ => NO_NUMBER,
    }
}

/// In the kernel: runs an image's hook.
#[inline]
pub fn run_hook(hook: CHook, arg: &LoadArg) -> Result<(), HookError> {
    #[inline]
    unsafe extern "C" fn say(context: *mut c_void, text: *const u8, length: usize) {
        // SAFETY: the hook passes the `context` that it got, the address of `said` below. `said`
        // outlives the hook, and nothing else uses it while the hook runs.
        let said = unsafe { &mut *context.cast::<String>() };
        let text = match length {
            0 => &[][..],
            // SAFETY: the hook's author promises that `text` points to `length` bytes.
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
            Some(errno) => format!("{errno}"),
            None => format!("it returned {status}"),
        };
    }
    Err(HookError {
        errno,
        message: said,
        panicked: status == PANICKED,
    })
}

#[inline]
extern "C" fn attach(services: &'static CServices, module: Str<'_>) {
    // Release: pairs with the Acquire in `services::c::host`. First, so that what follows can
    // allocate.
    C_ATTACHED.store(std::ptr::from_ref(services).cast_mut(), Release);
    rust::attach_c(module.to_str().unwrap_or_default());
}
