#![doc = include_str!("overview.md")]
// What the runtime's files have and the models don't use is for the runtime's own package to
// judge.
#![allow(dead_code, unused_imports, unexpected_cfgs)]

#[macro_use]
mod checked;

pub use checked::barrier::Heavy;
pub use checked::{Bounds, Compiler, WANTED, atomics, barrier, check, memory, thread};

// The runtime's own files, all but those below.
#[path = "../../dlkm-rt/src/allocator.rs"]
mod allocator;
#[path = "../../dlkm-rt/src/c.rs"]
pub mod c;
#[path = "../../dlkm-rt/src/c_module.rs"]
mod c_module;
#[path = "../../dlkm-rt/src/declaration.rs"]
mod declaration;
#[path = "../../dlkm-rt/src/direct.rs"]
mod direct;
#[path = "../../dlkm-rt/src/error/mod.rs"]
mod error;
#[path = "../../dlkm-rt/src/export.rs"]
mod export;
#[path = "../../dlkm-rt/src/forward/mod.rs"]
mod forward;
#[path = "../../dlkm-rt/src/held.rs"]
mod held;
#[path = "../../dlkm-rt/src/hold.rs"]
mod hold;
#[path = "../../dlkm-rt/src/image.rs"]
mod image;
#[path = "../../dlkm-rt/src/interface/mod.rs"]
pub mod interface;
#[path = "../../dlkm-rt/src/kernel/mod.rs"]
mod kernel;
#[path = "../../dlkm-rt/src/metadata/mod.rs"]
pub mod metadata;
#[path = "../../dlkm-rt/src/module.rs"]
mod module;
#[path = "../../dlkm-rt/src/thread.rs"]
pub mod module_thread;
#[path = "../../dlkm-rt/src/panic.rs"]
mod panic;
#[path = "../../dlkm-rt/src/pending.rs"]
mod pending;
#[path = "../../dlkm-rt/src/place.rs"]
mod place;
#[path = "../../dlkm-rt/src/private.rs"]
#[doc(hidden)]
pub mod private;
#[path = "../../dlkm-rt/src/records.rs"]
mod records;
#[path = "../../dlkm-rt/src/slot.rs"]
mod slot;
#[path = "../../dlkm-rt/src/sorted.rs"]
mod sorted;
#[path = "../../dlkm-rt/src/stub.rs"]
mod stub;
#[path = "../../dlkm-rt/src/threads.rs"]
mod threads;
#[path = "../../dlkm-rt/src/unattached.rs"]
mod unattached;
#[path = "../../dlkm-rt/src/waker.rs"]
mod waker;

// What stands in for the machine below.
mod loader;
pub mod next;
mod os;
mod primitive;
pub mod world;

pub use dlkm_macros::{Interface, interface, module, stub, ustub, wstub};

pub use declaration::Class;
pub use error::{BootError, Cause, LoadError, UnloadError, UpgradeError};
pub use held::{Held, Lead, LeadMut, Share};
pub use interface::Interface;
pub use kernel::{
    Event, Kept, Kernel, ModuleInfo, ModuleSnapshot, Observer, Reaped, Reaper, Snapshot, State,
    Upgrade,
};
pub use loader::ModuleRoot;
pub use module::{Errno, HookError, LoadArg};
pub use stub::OrLoadError;
