//! Call a plain function, and the module behind it loads itself.
#![doc = include_str!("overview.md")]

mod boundary;
pub mod c;
mod call;
mod declare;
mod error;
mod image;
pub mod interface;
mod kernel;
mod loader;
pub mod metadata;
mod os;
mod own_build;
mod primitive;
#[doc(hidden)]
pub mod private;
mod services;
mod sorted;

pub use dlkm_macros::{Interface, interface, module, stub, ustub, wstub};

pub use boundary::held::{Held, Lead, LeadMut, Share};
pub use boundary::thread;
pub use declare::module::LoadArg;
pub use dlkm_metadata::Class;
pub use error::{
    BootError, Cause, Errno, HookError, LoadError, OrLoadError, UnloadError, UpgradeError,
};
pub use interface::Interface;
#[cfg(feature = "tracing")]
pub use kernel::TraceEvents;
pub use kernel::{
    AskedBy, Event, Kept, Kernel, ModuleInfo, ModuleSnapshot, Observer, Reaped, Reaper, Snapshot,
    State, Upgrade,
};
pub use loader::ModuleRoot;
