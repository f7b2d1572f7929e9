//! What a kernel uses of the program: its stubs and static modules, and what only the program's copy of
//! the runtime can do. The kernel may be in another image, so this file names nothing of it.

use std::cell::Cell;
use std::ffi::c_void;

use crate::boundary::panic_hook;
use crate::c::Slice;
use crate::call::hold_home::Home;
use crate::call::hold_registry::Registry;
use crate::declare::direct_link::{DLKM_DIRECT, Direct};
use crate::declare::module::{self, Gathered};
use crate::error::{BootError, LoadError, UnloadError};
use crate::image::door::Refusal;
use crate::image::rust::{self, Image};
use crate::loader::ModuleRoot;
use crate::primitive::Mutex;
use crate::services::panic::PanicNote;
use crate::services::{CallServices, Contained, Services, ask};

/// The program, as its copy of the runtime describes it.
#[derive(Clone, Copy)]
pub(super) struct Program {
    pub(super) image: Image,
    pub(super) gathered: Gathered,
    pub(super) direct: &'static [Direct],
    /// Makes a kernel answer the program.
    pub(super) booted: fn(&'static CallServices),
    pub(super) hook: PanicHook,
}

/// The panic hook of the program's std.
#[derive(Clone, Copy, Debug)]
pub(super) struct PanicHook {
    pub(super) install: fn(),
    pub(super) announce: fn(&PanicNote<'_>, Option<&str>, String),
}

impl Program {
    /// The program that this copy of the runtime is linked into.
    pub(super) fn this() -> Self {
        Program {
            image: rust::of_host(),
            gathered: module::gathered(),
            direct: DLKM_DIRECT.static_slice(),
            booted: ask::booted,
            hook: PanicHook {
                install: panic_hook::install,
                announce: panic_hook::announce,
            },
        }
    }
}

/// The symbol of [`BootShared`].
pub(super) const BOOT_SHARED: &[u8] = b"dlkm_kernel_boot_shared\0";

/// A function of `libdlkm_kernel.so`: boots a kernel for a program that has none in itself. Returns
/// `false` if the two can't understand each other, and says why; otherwise `Asked` has the answer.
pub(super) type BootShared = extern "C" fn(&Asking<'_>) -> bool;

/// The revision of these declarations.
pub(super) const REVISION: u32 = 1;

/// A program's request. It has C's layout, since another compiler may have built the kernel.
///
/// # Invariants
/// 1. `asked` points to an [`Asked`] of the build that `build` records, for as long as the call.
#[repr(C)]
pub(super) struct Asking<'a> {
    pub(super) revision: u32,
    /// What built the program: [`crate::own_build::TEXT`].
    pub(super) build: Slice<'a, u8>,
    pub(super) asked: *const c_void,
    pub(super) refusal: Refusal,
}

/// The request, to a kernel of the same build.
#[cfg_attr(
    not(dlkm_kernel),
    allow(dead_code, reason = "the kernel's image reads it")
)]
pub(super) struct Asked {
    pub(super) program: Program,
    pub(super) root: ModuleRoot,
    /// Where calls are counted.
    pub(super) home: Home<Mutex<Registry>>,
    /// Makes the program's services for images, of which the kernel makes the first part.
    pub(super) services: fn(CallServices) -> &'static Services,
    pub(super) answer: Cell<Option<Result<&'static Functions, BootError>>>,
}

/// What the program can ask its kernel for.
#[derive(Debug)]
pub(super) struct Functions {
    pub(super) load: fn(&str) -> Contained<Result<(), LoadError>>,
    pub(super) unload: fn(&str) -> Contained<Result<(), UnloadError>>,
}
