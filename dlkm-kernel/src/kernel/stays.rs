//! Whether a loaded module can be unloaded at all: one rule for unloads, upgrades, idle modules and
//! modules that panicked.

use super::UpgradeError;
use super::control::Table;
use super::departed::UnheldCall;
use super::link;
use super::record::Running;
use crate::error::{UnloadError, unload_error};
use crate::loader::Origin;

/// Why a loaded module stays: as long as the process runs, except for `Unheld`.
#[derive(Debug)]
pub(super) enum Stays {
    /// It is linked into the host.
    Static,
    /// The program, or a library, is linked to it, a stub module.
    Joined,
    /// Calls of this interface take no hold.
    LoadOnly { interface: String },
    /// This `#[stub]` was called, and its calls take no hold either.
    Pinned { function: String },
    /// An image that has left, and may still run, called the module without a hold.
    Unheld(UnheldCall),
}

impl Stays {
    /// `None` for a module that can be unloaded.
    pub(super) fn of(table: &Table, running: &Running) -> Option<Self> {
        if let Origin::Static(_) = running.origin {
            return Some(Stays::Static);
        }
        if running.image.has_joined() {
            return Some(Stays::Joined);
        }
        if let Some(interface) = link::load_only(table, running) {
            return Some(Stays::LoadOnly { interface });
        }
        let module = running.metadata.name();
        if let Some(function) = table.get(module)?.pinned.clone() {
            return Some(Stays::Pinned { function });
        }
        table.departed.call_of(module).cloned().map(Stays::Unheld)
    }

    pub(super) fn unload_error(self, module: &str) -> UnloadError {
        let module = module.to_owned();
        match self {
            Stays::Static => UnloadError::from(unload_error::Static { module }),
            Stays::Joined => UnloadError::from(unload_error::Joined { module }),
            Stays::LoadOnly { interface } => {
                UnloadError::from(unload_error::LoadOnly { module, interface })
            }
            Stays::Pinned { function } => {
                UnloadError::from(unload_error::Pinned { module, function })
            }
            Stays::Unheld(UnheldCall {
                caller, interface, ..
            }) => UnloadError::from(unload_error::Unheld {
                module,
                caller,
                interface,
            }),
        }
    }

    pub(super) fn upgrade_error(self, module: &str) -> UpgradeError {
        let module = module.to_owned();
        match self {
            Stays::Static => UpgradeError::Static { module },
            Stays::Joined => UpgradeError::Joined { module },
            Stays::LoadOnly { interface } => UpgradeError::LoadOnly { module, interface },
            Stays::Pinned { function } => UpgradeError::Pinned { module, function },
            Stays::Unheld(UnheldCall {
                caller, interface, ..
            }) => UpgradeError::Unheld {
                module,
                caller,
                interface,
            },
        }
    }
}
