#![doc = include_str!("overview.md")]
// What the runtime's files have and the models don't use is for the runtime's own package to
// judge.
#![allow(dead_code, unused_imports, unexpected_cfgs)]

#[macro_use]
mod checked;

pub use checked::barrier::Heavy;
pub use checked::{Bounds, Compiler, WANTED, atomics, barrier, check, memory, thread};

// The runtime's own files, all but those below.
#[path = "../../dlkm-rt/src/boundary/mod.rs"]
mod boundary;
#[path = "../../dlkm-rt/src/c.rs"]
pub mod c;
#[path = "../../dlkm-rt/src/call/mod.rs"]
mod call;
#[path = "../../dlkm-rt/src/declare/mod.rs"]
mod declare;
#[path = "../../dlkm-rt/src/error/mod.rs"]
mod error;
#[path = "../../dlkm-rt/src/image/mod.rs"]
mod image;
#[path = "../../dlkm-rt/src/interface/mod.rs"]
pub mod interface;
#[path = "../../dlkm-rt/src/kernel/mod.rs"]
mod kernel;
#[path = "../../dlkm-rt/src/metadata.rs"]
pub mod metadata;
#[path = "../../dlkm-rt/src/own_build.rs"]
mod own_build;
#[path = "../../dlkm-rt/src/private.rs"]
#[doc(hidden)]
pub mod private;
#[path = "../../dlkm-rt/src/services/mod.rs"]
mod services;
#[path = "../../dlkm-rt/src/sorted.rs"]
mod sorted;

// What stands in for the machine below.
mod loader;
pub mod next;
mod os;
mod primitive;
pub mod world;

// The name of `private` in generated code.
include!(concat!(env!("OUT_DIR"), "/private.rs"));

pub use dlkm_macros::{
    Interface, TunableChoice, interface, modmeta, module, stub, switch, tunable, ustub, wstub,
};

pub use boundary::held::{Held, Lead, LeadMut, Share};
pub use boundary::state::{ModuleCell, StateDropped};
pub use boundary::thread as module_thread;
pub use declare::module::LoadArg;
pub use declare::tunable::{Size, Tunable, TunableChoice, TunableType, TunedBy};
pub use dlkm_metadata::{Class, Phase};
pub use error::{
    BootError, Cause, Errno, HookError, LinkerError, LoadError, OrLoadError, SwitchError,
    SystemLine, TunableError, UnloadError, UpgradeError,
};
pub use interface::Interface;
pub use kernel::{
    Adopted, AskedBy, BootOptions, Event, Kept, Kernel, ModuleInfo, ModuleSnapshot, Observer,
    ObserverHandle, Reaped, Reaper, Report, SharedKernel, Snapshot, State, TunableState, Upgrade,
    Waits,
};
pub use loader::ModuleRoot;

/// The system file's part of the interface: states, causes, warnings.
pub mod system {
    pub use dlkm_system::{
        Cause, Choice, ReadSystemError, State, SystemError, SystemFile, Verify, Warning,
    };
}
