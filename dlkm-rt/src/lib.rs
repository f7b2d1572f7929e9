//! Call a plain function, and the module behind it loads itself.
#![doc = include_str!("overview.md")]

#[doc(hidden)]
pub use dlkm_core::private;
// The name of `private` in generated code.
dlkm_core::__private!();

pub use dlkm_macros::{interface, modmeta, module, stub, switch, tunable, ustub, wstub};

#[doc(hidden)]
pub use dlkm_core::interface;
#[doc(inline)]
pub use dlkm_core::{
    BootError, Cause, Class, Errno, Held, HookError, Interface, Lead, LeadMut, LinkerError,
    LoadArg, LoadError, ModuleCell, ModuleRoot, OrLoadError, Phase, Share, SharedKernel, Size,
    StateDropped, SwitchError, SystemLine, Tunable, TunableChoice, TunableError, TunableType,
    TunedBy, UnloadError, boot_shared, c, metadata, system, thread,
};
#[cfg(feature = "tracing")]
#[doc(inline)]
pub use dlkm_kernel::TraceEvents;
#[doc(inline)]
pub use dlkm_kernel::{
    Adopted, AskedBy, BootOptions, Event, Kept, Kernel, ModuleInfo, ModuleSnapshot, Observer,
    ObserverHandle, Reaped, Reaper, Report, Snapshot, State, TunableState, Upgrade, UpgradeError,
    Waits,
};
