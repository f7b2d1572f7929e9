//! How a program asks `libdlkm_kernel.so` for its kernel. The program has none in itself, so this file
//! names nothing of the kernel.

use std::cell::Cell;
use std::ffi::{CStr, c_void};

use super::ModuleRoot;
use super::described::Program;
use crate::c::Slice;
use crate::call::hold_home::Home;
use crate::call::hold_registry::Registry;
use crate::error::{BootError, BootTexts, LoadError, UnloadError};
use crate::image::door::Refusal;
use crate::primitive::Mutex;
use crate::services::{CallServices, Contained, Services};

/// The symbol of [`BootShared`].
pub const BOOT_SHARED: &CStr = c"dlkm_kernel_boot_shared";

/// A function of `libdlkm_kernel.so`: boots a kernel for a program that has none in itself. Returns
/// `false` if the two can't understand each other, and says why; otherwise `Asked` has the answer.
pub type BootShared = extern "C" fn(&Asking<'_>) -> bool;

/// The revision of these declarations.
pub const REVISION: u32 = 1;

/// A program's request. It has C's layout, since another compiler may have built the kernel.
///
/// # Invariants
/// 1. `asked` points to an [`Asked`] of the build that `build` records, for as long as the call.
#[repr(C)]
pub struct Asking<'a> {
    pub revision: u32,
    /// What built the program: [`crate::own_build::TEXT`].
    pub build: Slice<'a, u8>,
    pub asked: *const c_void,
    pub refusal: Refusal,
}

/// The request, to a kernel of the same build.
pub struct Asked {
    pub program: Program,
    pub root: ModuleRoot,
    /// Where calls are counted.
    pub home: Home<Mutex<Registry>>,
    /// Makes the program's services for images, of which the kernel makes the first part.
    pub services: fn(CallServices) -> &'static Services,
    pub answer: Cell<Option<Result<&'static Functions, Unbooted>>>,
}

/// Why there is no kernel, and what writes that.
pub type Unbooted = (BootError, &'static BootTexts);

/// What the program can ask its kernel for.
#[derive(Debug)]
pub struct Functions {
    pub load: fn(&str) -> Contained<Result<(), LoadError>>,
    pub unload: fn(&str) -> Contained<Result<(), UnloadError>>,
}
