//! The kernel: one in each process. Its parts have the names of HP-UX's module subsystem: `control`
//! keeps records and phases, `install` loads and unloads modules, `link` binds stubs to exports.

mod adopt;
mod boot;
mod boot_direct;
mod c_services;
mod configuration;
mod contested;
mod control;
mod departed;
mod depend;
mod doubt;
mod idle;
mod idle_watch;
#[cfg(dlkm_kernel)]
mod image_of_kernel;
mod images;
mod info;
mod install;
mod join;
mod link;
mod mark;
mod observe;
mod panic_trace;
mod phases;
mod reaper;
mod record;
mod register;
mod report;
mod request;
mod resolve;
mod retire;
mod services;
mod settings;
mod snapshot;
mod state;
mod stays;
#[cfg(feature = "tracing")]
mod trace_events;
mod tune;
mod tuned;
mod upgrade;
mod upgrade_error;

pub use adopt::{Adopted, Waits};
pub use boot::BootOptions;
pub use idle::Reaped;
pub use info::{ModuleInfo, State};
pub use observe::{Event, Observer, ObserverHandle};
pub use reaper::Reaper;
pub use record::Kept;
pub use report::Report;
pub use request::AskedBy;
pub use snapshot::{ModuleSnapshot, Snapshot};
pub use state::Kernel;
#[cfg(feature = "tracing")]
pub use trace_events::TraceEvents;
pub use tune::TunableState;
pub use upgrade::Upgrade;
pub use upgrade_error::UpgradeError;
