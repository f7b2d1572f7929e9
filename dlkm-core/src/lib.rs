//! The share of dlkm's runtime that each image has: stubs and slots, the boundary between images, what a
//! module's crate declares, and the errors of calls. It contains no kernel, so that an image contains none.
//!
//! A linker keeps the exception tables of each object that it takes anything from, also those of functions
//! that nothing calls. So what only programs use of this crate is `#[inline]`, or generic if many places use
//! it: then its code is in the crate that uses it, and no image has its tables, nor those of other crates
//! that it names. `dlkm-tools/tests/size.rs` compares an image's size with a limit.
//!
//! Depend on `dlkm-rt`, which re-exports what is public, and not on this crate: its other items change with
//! each version.

#[doc(hidden)]
pub mod boundary;
pub mod c;
#[doc(hidden)]
pub mod call;
#[doc(hidden)]
pub mod declare;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod hashed;
#[doc(hidden)]
pub mod image;
#[doc(hidden)]
pub mod instances;
#[doc(hidden)]
pub mod interface;
pub mod metadata;
#[doc(hidden)]
pub mod os;
#[doc(hidden)]
pub mod own_build;
#[doc(hidden)]
pub mod primitive;
#[doc(hidden)]
pub mod private;
#[doc(hidden)]
pub mod program;
#[doc(hidden)]
pub mod services;
#[doc(hidden)]
pub mod sorted;

// The name of `private` in generated code.
include!(concat!(env!("OUT_DIR"), "/private.rs"));
// The same for `dlkm-rt`, which is what authors depend on: a macro, `__private`.
include!(concat!(env!("OUT_DIR"), "/private_again.rs"));

pub use dlkm_macros::{Interface, TunableChoice};

pub use boundary::held::{Held, Lead, LeadMut, Share};
pub use boundary::state::{ModuleCell, StateDropped};
pub use boundary::thread;
pub use declare::module::LoadArg;
pub use declare::tunable::{Size, Tunable, TunableChoice, TunableType, TunedBy};
pub use dlkm_metadata::{Class, Phase};
pub use error::{
    BootError, Cause, Errno, HookError, LinkerError, LoadError, OrLoadError, SwitchError,
    SystemLine, TunableError, UnloadError,
};
pub use interface::Interface;
pub use program::{ModuleRoot, SharedKernel};

/// The system file's part of the interface: states, causes, warnings.
pub mod system {
    pub use dlkm_system::{
        Cause, Choice, ReadSystemError, State, SystemError, SystemFile, Verify, Warning,
    };
}
