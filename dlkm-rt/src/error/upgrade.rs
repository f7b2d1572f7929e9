//! Upgrading.

use std::fmt;

use super::{HookError, LoadError};

/// A module was not upgraded. What was loaded goes on as it was.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum UpgradeError {
    /// No module of that name is loaded.
    #[non_exhaustive]
    NotLoaded {
        /// The name.
        module: String,
    },
    /// It is linked into the host.
    #[non_exhaustive]
    Static {
        /// The module.
        module: String,
    },
    /// One of its interfaces has no `#[ustub]`, or a caller was built against one that had none:
    /// such calls take no hold, so nobody can tell when the old version is out of use.
    #[non_exhaustive]
    LoadOnly {
        /// The module.
        module: String,
        /// The interface.
        interface: String,
    },
    /// One of its `#[stub]` functions was called, which takes no hold either.
    #[non_exhaustive]
    Pinned {
        /// The module.
        module: String,
        /// The function, as `interface::function`.
        function: String,
    },
    /// The upgrade was asked for from inside a call of the module, which would have to end first.
    #[non_exhaustive]
    Inside {
        /// The module.
        module: String,
    },
    /// The upgrade was asked for by a hook of the module, so while it is being loaded, unloaded
    /// or upgraded by this thread.
    #[non_exhaustive]
    Busy {
        /// The module.
        module: String,
    },
    /// The system has no membarrier(2), without which calls in flight can't be told.
    #[non_exhaustive]
    NoBarrier {
        /// The module.
        module: String,
    },
    /// The new version can't be loaded, or lacks what callers of the old one use.
    #[non_exhaustive]
    Refused {
        /// The module.
        module: String,
        /// The version that goes on serving.
        serving: String,
        /// Why.
        source: LoadError,
    },
    /// The old version's save hook returned an error or panicked.
    #[non_exhaustive]
    Save {
        /// The module.
        module: String,
        /// The version that goes on serving.
        serving: String,
        /// What the hook said.
        source: HookError,
    },
}

impl UpgradeError {
    /// The module's name.
    pub fn module(&self) -> &str {
        match self {
            UpgradeError::NotLoaded { module }
            | UpgradeError::Static { module }
            | UpgradeError::LoadOnly { module, .. }
            | UpgradeError::Pinned { module, .. }
            | UpgradeError::Inside { module }
            | UpgradeError::Busy { module }
            | UpgradeError::NoBarrier { module }
            | UpgradeError::Refused { module, .. }
            | UpgradeError::Save { module, .. } => module,
        }
    }
}

impl fmt::Display for UpgradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let module = self.module();
        match self {
            UpgradeError::NotLoaded { .. } => write!(
                f,
                "module `{module}` is not loaded; the next load takes the new image anyway"
            ),
            UpgradeError::Static { .. } => write!(
                f,
                "module `{module}` is linked into the program: build the program anew"
            ),
            UpgradeError::LoadOnly { interface, .. } => write!(
                f,
                "module `{module}` can't be upgraded: it is load-only, since interface \
                 `{interface}` has no `#[ustub]`; start the program again"
            ),
            UpgradeError::Pinned { function, .. } => write!(
                f,
                "module `{module}` can't be upgraded: `{function}` is a `#[stub]` and was called; \
                 start the program again, and make it a `#[ustub]`"
            ),
            UpgradeError::Inside { .. } => write!(
                f,
                "module `{module}` can't be upgraded from inside a call of it; upgrade it when \
                 the call has returned"
            ),
            UpgradeError::Busy { .. } => write!(
                f,
                "module `{module}` can't be upgraded by a hook that it waits for; upgrade it when \
                 the hook has returned"
            ),
            UpgradeError::NoBarrier { .. } => write!(
                f,
                "module `{module}` can't be upgraded: this system has no membarrier(2), so calls \
                 in flight can't be told (Linux 4.14 or newer has it; a seccomp filter may hide it)"
            ),
            UpgradeError::Refused {
                serving, source, ..
            } => write!(
                f,
                "module `{module}` was not upgraded, version {serving} goes on: {source}"
            ),
            UpgradeError::Save {
                serving, source, ..
            } => {
                let how = match source.panicked() {
                    true => "panicked",
                    false => "failed",
                };
                write!(
                    f,
                    "module `{module}` was not upgraded, version {serving} goes on: its save hook \
                     {how}: {source}; try again, or unload and load the module, which drops its \
                     state"
                )
            }
        }
    }
}

impl std::error::Error for UpgradeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            UpgradeError::Refused { source, .. } => Some(source),
            UpgradeError::Save { source, .. } => Some(source),
            _ => None,
        }
    }
}
