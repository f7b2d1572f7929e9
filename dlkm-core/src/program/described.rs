//! What a kernel uses of the program: its stubs and static modules, and what only the program's copy of
//! the runtime can do. The kernel may be in another image, so this file names nothing of it.

use crate::boundary::panic_hook;
use crate::declare::direct_link::{DLKM_DIRECT, Direct};
use crate::declare::module::{self, Gathered};
use crate::image::rust::{self, Image};
use crate::services::panic::PanicNote;
use crate::services::{CallServices, ask};

/// The program, as its copy of the runtime describes it.
#[derive(Clone, Copy)]
pub struct Program {
    pub image: Image,
    pub gathered: Gathered,
    pub direct: &'static [Direct],
    /// Makes a kernel answer the program.
    pub booted: fn(&'static CallServices),
    pub hook: PanicHook,
}

/// The panic hook of the program's std.
#[derive(Clone, Copy, Debug)]
pub struct PanicHook {
    pub install: fn(),
    pub announce: fn(&PanicNote<'_>, Option<&str>, String),
}

impl Program {
    /// The program that this copy of the runtime is linked into.
    #[inline]
    pub fn this() -> Self {
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
