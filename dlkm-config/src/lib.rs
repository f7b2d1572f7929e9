//! Changes the configuration of a module root: which modules are used, in which state, and with
//! which tunables, at the next boot.
//!
//! | file in the root | what it is |
//! |---|---|
//! | `system` | the configuration of the next boot: see [`dlkm_system`] |
//! | `saved/NAME` | saved configurations, which are system files too; `saved/backup` is the system file before the last change |
//! | `log`, `log.1` | who has changed what, when, and why: see [`LogEntry`] |
//! | `digests` | the SHA-256 digests of installed images: see [`ImageRecord`] |
//! | `NAME.so.minisig` | the signature of an image: see [`Trust`] |
//! | `registry` | numbers that stay from boot to boot: see [`Assigned`] |
//! | `search` | folders in which images are looked for that are not installed: see [`Root::search_path`] |
//! | `behavior` | whether changes keep a [`Backup`] |
//!
//! [`Root::open`] reads a root. Changes are methods of [`Locked`], which [`Root::lock`] returns, so
//! two tools don't change a root at the same time. After a crash, a full disk or a kill at any
//! point, each file is the old or the new one, whole, and files that change together are all old or
//! all new.
//!
//! No running kernel is asked here.
#![forbid(unsafe_code)]

mod all_best;
mod apply;
mod backup;
mod by;
mod change;
mod check;
mod configuration;
mod dependencies;
mod diff;
mod digests;
mod discard;
mod disk;
mod edit;
mod error;
mod file_system;
mod graph;
mod images;
mod install;
mod inventory;
pub mod limits;
mod lock;
mod log;
mod log_files;
#[cfg(test)]
mod memory;
mod name;
mod near;
mod plain;
mod plan;
mod plan_modules;
mod plan_options;
mod plan_tunables;
mod planned;
mod problems;
mod refusal;
mod registry;
mod replace;
mod resolve;
mod root;
mod saved;
mod search;
mod spec;
mod standing;
mod table;
#[cfg(test)]
mod tests;
mod transaction;
mod tunable_standing;
mod tunable_values;
mod words;

pub use backup::Backup;
pub use by::By;
pub use change::{Argument, ArgumentError, Change, ModuleChange, To};
pub use check::{Finding, Report};
pub use diff::{Difference, diff};
pub use digests::Compared;
pub use disk::Disk;
pub use edit::{EditError, Editor};
pub use error::Error;
pub use file_system::{FileSystem, Guard, Kind, Output, TryLock};
pub use images::Images;
pub use install::ImageInstalled;
pub use inventory::{DamagedImage, ImageProblem, Installed, Inventory, Need, On, Provided};
pub use lock::Locked;
pub use log::{Log, LogChange, LogEntry, LogFilter};
pub use name::NameError;
pub use plan::Plan;
pub use plan_options::PlanOptions;
pub use planned::{Action, Later, Planned, Subject, When};
pub use refusal::Refusal;
pub use registry::Assigned;
pub use replace::{GivenFile, replace_program};
pub use resolve::NextState;
pub use root::Root;
pub use saved::Saved;
pub use spec::{ModuleSpec, TunableName};
pub use standing::{Following, ModuleStatus, Present, Standing};
pub use tunable_standing::TunableStatus;
pub use tunable_values::{Tunable, Tunables, ValueFault};

pub use dlkm_verify::{Digest, Doubt, ImageRecord, KeyError, NoDigest, Trust};
