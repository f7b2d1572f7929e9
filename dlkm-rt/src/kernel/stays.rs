//! Whether a loaded module can ever go: one rule for unloads, upgrades, idle modules and modules
//! that panicked.

use super::control::Table;
use super::link;
use super::record::Running;
use crate::error::{UnloadError, UpgradeError};
use crate::loader::Origin;

/// Why a loaded module stays for as long as the process runs.
#[derive(Debug)]
pub(super) enum Stays {
    /// It is linked into the host.
    Static,
    /// Calls of this interface take no hold.
    LoadOnly { interface: String },
    /// This `#[stub]` was called, which takes no hold either.
    Pinned { function: String },
}

impl Stays {
    /// `None` for a module that can go.
    pub(super) fn of(table: &Table, running: &Running) -> Option<Self> {
        if let Origin::Static(_) = running.origin {
            return Some(Stays::Static);
        }
        if let Some(interface) = link::load_only(table, running) {
            return Some(Stays::LoadOnly { interface });
        }
        let record = table.get(running.metadata.name())?;
        let function = record.pinned.clone()?;
        Some(Stays::Pinned { function })
    }

    pub(super) fn unload_error(self, module: &str) -> UnloadError {
        let module = module.to_owned();
        match self {
            Stays::Static => UnloadError::Static { module },
            Stays::LoadOnly { interface } => UnloadError::LoadOnly { module, interface },
            Stays::Pinned { function } => UnloadError::Pinned { module, function },
        }
    }

    pub(super) fn upgrade_error(self, module: &str) -> UpgradeError {
        let module = module.to_owned();
        match self {
            Stays::Static => UpgradeError::Static { module },
            Stays::LoadOnly { interface } => UpgradeError::LoadOnly { module, interface },
            Stays::Pinned { function } => UpgradeError::Pinned { module, function },
        }
    }
}
