#![doc = include_str!("overview.md")]
// What the runtime's files have and the models don't use is for the runtime's own package to
// judge.
#![allow(
    dead_code,
    unused_imports,
    unexpected_cfgs,
    unreachable_pub,
    missing_docs
)]

#[macro_use]
mod checked;

pub use checked::barrier::Heavy;
pub use checked::{Bounds, Compiler, WANTED, atomics, barrier, check, memory, thread};

// The runtime's own files, all but those below.
#[path = "../../dlkm-core/src/boundary/mod.rs"]
mod boundary;
#[path = "../../dlkm-core/src/c.rs"]
pub mod c;
#[path = "../../dlkm-core/src/call/mod.rs"]
mod call;
#[path = "../../dlkm-core/src/declare/mod.rs"]
mod declare;
#[path = "../../dlkm-core/src/error/mod.rs"]
mod error;
#[path = "../../dlkm-core/src/hashed.rs"]
mod hashed;
#[path = "../../dlkm-core/src/image/mod.rs"]
mod image;
#[path = "../../dlkm-core/src/interface/mod.rs"]
pub mod interface;
#[path = "../../dlkm-kernel/src/kernel/mod.rs"]
mod kernel;
#[path = "../../dlkm-core/src/metadata.rs"]
pub mod metadata;
#[path = "../../dlkm-core/src/own_build.rs"]
mod own_build;
#[path = "../../dlkm-core/src/private.rs"]
#[doc(hidden)]
pub mod private;
#[path = "../../dlkm-core/src/program/mod.rs"]
mod program;
#[path = "../../dlkm-core/src/services/mod.rs"]
mod services;
#[path = "../../dlkm-core/src/sorted.rs"]
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
    SystemLine, TunableError, UnloadError,
};
pub use interface::Interface;
pub use kernel::{
    Adopted, AskedBy, BootOptions, Event, Kept, Kernel, ModuleInfo, ModuleSnapshot, Observer,
    ObserverHandle, Reaped, Reaper, Report, Snapshot, State, TunableState, Upgrade, UpgradeError,
    Waits,
};
pub use program::{ModuleRoot, SharedKernel};

/// The system file's part of the interface: states, causes, warnings.
pub mod system {
    pub use dlkm_system::{
        Cause, Choice, ReadSystemError, State, SystemError, SystemFile, Verify, Warning,
    };
}
