//! The kernel of dlkm: it loads modules, binds the stubs of all images to them, and unloads them.
//!
//! Depend on `dlkm-rt`, which re-exports this. It is a crate of its own so that an image, which links the
//! rest of the runtime, contains nothing of it.

mod kernel;
mod loader;

// The rest of the runtime, by the names that it has there.
use dlkm_core::{
    boundary, c, call, declare, error, hashed, image, metadata, os, own_build, primitive, program,
    services, sorted,
};

#[cfg(feature = "tracing")]
pub use kernel::TraceEvents;
pub use kernel::{
    Adopted, AskedBy, BootOptions, Event, Kept, Kernel, ModuleInfo, ModuleSnapshot, Observer,
    ObserverHandle, Reaped, Reaper, Report, Snapshot, State, TunableState, Upgrade, UpgradeError,
    Waits,
};
