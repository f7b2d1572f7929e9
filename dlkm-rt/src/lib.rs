//! Call a plain function, and the module behind it loads itself.
#![doc = include_str!("overview.md")]

mod allocator;
pub mod c;
mod c_module;
mod direct;
mod error;
mod export;
mod forward;
mod held;
mod hold;
mod image;
pub mod interface;
mod kernel;
mod loader;
pub mod metadata;
mod module;
mod os;
mod own_build;
mod panic;
mod pending;
mod place;
mod primitive;
#[doc(hidden)]
pub mod private;
mod records;
mod slot;
mod sorted;
mod stub;
mod table;
pub mod thread;
mod threads;
mod unattached;
mod waker;

pub use dlkm_macros::{Interface, interface, module, stub, ustub, wstub};

pub use dlkm_metadata::Class;
pub use error::{BootError, Cause, LoadError, UnloadError, UpgradeError};
pub use held::{Held, Lead, LeadMut, Share};
pub use interface::Interface;
#[cfg(feature = "tracing")]
pub use kernel::TraceEvents;
pub use kernel::{
    Event, Kept, Kernel, ModuleInfo, ModuleSnapshot, Observer, Reaped, Reaper, Snapshot, State,
    Upgrade,
};
pub use loader::ModuleRoot;
pub use module::{Errno, HookError, LoadArg};
pub use stub::OrLoadError;
