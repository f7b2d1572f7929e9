//! Errors of upgrading a module.

use std::fmt;

use crate::error::{HookError, LoadError};

/// A module was not upgraded. The loaded version continues to serve.
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
    /// It is a stub module, and the program or a library is linked to it.
    #[non_exhaustive]
    Joined {
        /// The module.
        module: String,
    },
    /// One of its interfaces is load-only, or a caller was built against a version that was: such
    /// calls take no hold, so the kernel can't know when the old version is out of use.
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
    /// Another module, which is unloaded but still in memory, may be in a call that takes no hold:
    /// see [`UnloadError::Unheld`](crate::error::UnloadError::Unheld).
    #[non_exhaustive]
    Unheld {
        /// The module.
        module: String,
        /// The module that called it.
        caller: String,
        /// The interface that it called.
        interface: String,
    },
    /// The upgrade was requested inside a call of the module, which would have to end first.
    #[non_exhaustive]
    Inside {
        /// The module.
        module: String,
    },
    /// A hook of the module requested the upgrade: this thread is loading, unloading or upgrading
    /// the module.
    #[non_exhaustive]
    Busy {
        /// The module.
        module: String,
    },
    /// The system has no membarrier(2), without which calls in flight can't be tracked.
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
        /// The version that continues to serve.
        serving: String,
        /// Why.
        source: LoadError,
    },
    /// The old version's save hook returned an error or panicked.
    #[non_exhaustive]
    Save {
        /// The module.
        module: String,
        /// The version that continues to serve.
        serving: String,
        /// The hook's error.
        source: HookError,
    },
}

impl UpgradeError {
    /// The module's name.
    pub fn module(&self) -> &str {
        match self {
            UpgradeError::NotLoaded { module }
            | UpgradeError::Static { module }
            | UpgradeError::Joined { module }
            | UpgradeError::LoadOnly { module, .. }
            | UpgradeError::Pinned { module, .. }
            | UpgradeError::Unheld { module, .. }
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
                "module `{module}` is linked into the program: rebuild the program"
            ),
            UpgradeError::Joined { .. } => write!(
                f,
                "module `{module}` can't be upgraded: it is a stub module, and the program or one \
                 of its libraries is linked to it; restart the program"
            ),
            UpgradeError::LoadOnly { interface, .. } => write!(
                f,
                "module `{module}` can't be upgraded: it is load-only, since interface \
                 `{interface}` has neither a `#[ustub]` nor `class = unloadable`; restart the program"
            ),
            UpgradeError::Pinned { function, .. } => write!(
                f,
                "module `{module}` can't be upgraded: `{function}` is a `#[stub]` and was called; \
                 restart the program, and make it a `#[ustub]`"
            ),
            UpgradeError::Unheld {
                caller, interface, ..
            } => write!(
                f,
                "module `{module}` can't be upgraded: the code of module `{caller}`, which is \
                 unloaded, is still in memory and may be in a call of `{interface}` that takes no \
                 hold; end the threads of `{caller}`, or build it against an unloadable version of \
                 `{interface}`"
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
                 in flight can't be tracked (Linux 4.14 or newer has it; a seccomp filter may hide it)"
            ),
            UpgradeError::Refused {
                serving, source, ..
            } => write!(
                f,
                "module `{module}` was not upgraded, version {serving} stays in service: {source}"
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
                    "module `{module}` was not upgraded, version {serving} stays in service: its save hook \
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
