//! Call a plain function, and the module behind it loads itself.
#![doc = include_str!("overview.md")]

mod boundary;
pub mod c;
mod call;
mod declare;
mod error;
mod image;
#[doc(hidden)]
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

// The name of `private` in generated code.
include!(concat!(env!("OUT_DIR"), "/private.rs"));

pub use dlkm_macros::{
    Interface, TunableChoice, interface, modmeta, module, stub, switch, tunable, ustub, wstub,
};

pub use boundary::held::{Held, Lead, LeadMut, Share};
pub use boundary::state::{ModuleCell, StateDropped};
pub use boundary::thread;
pub use declare::module::LoadArg;
pub use declare::tunable::{Size, Tunable, TunableChoice, TunableType, TunedBy};
pub use dlkm_metadata::{Class, Phase};
pub use error::{
    BootError, Cause, Errno, HookError, LinkerError, LoadError, OrLoadError, SwitchError,
    SystemLine, TunableError, UnloadError, UpgradeError,
};
pub use interface::Interface;
#[cfg(feature = "tracing")]
pub use kernel::TraceEvents;
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
