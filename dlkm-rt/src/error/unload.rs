//! Unloading.

use std::fmt;

use super::HookError;

/// A module could not be unloaded; it goes on working.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnloadError {
    /// No module of that name is loaded.
    #[non_exhaustive]
    NotLoaded {
        /// The name.
        module: String,
    },
    /// Calls are in flight, or loaded modules depend on it.
    #[non_exhaustive]
    Busy {
        /// The module.
        module: String,
        /// The loaded modules that depend on it; empty where calls are in flight.
        dependants: Vec<String>,
    },
    /// Somebody has values of it: trait objects, closures and the like, each in a
    /// [`Held`](crate::Held), or futures of its async functions.
    #[non_exhaustive]
    Held {
        /// The module.
        module: String,
        /// How many.
        values: usize,
    },
    /// Threads run that it started with [`thread::spawn`](crate::thread::spawn), and hold it.
    #[non_exhaustive]
    Threads {
        /// The module.
        module: String,
        /// How many.
        threads: usize,
    },
    /// One of its interfaces has no `#[ustub]`, or a caller was built against one that
    /// had none: such calls take no hold, so the module stays.
    #[non_exhaustive]
    LoadOnly {
        /// The module.
        module: String,
        /// The interface.
        interface: String,
    },
    /// One of its `#[stub]` functions was called, which pins it.
    #[non_exhaustive]
    Pinned {
        /// The module.
        module: String,
        /// The function, as `interface::function`.
        function: String,
    },
    /// It is linked into the host.
    #[non_exhaustive]
    Static {
        /// The module.
        module: String,
    },
    /// Its unload hook returned an error or panicked.
    #[non_exhaustive]
    Hook {
        /// The module.
        module: String,
        /// What the hook said.
        source: HookError,
    },
    /// The system has no membarrier(2), without which calls in flight can't be told.
    #[non_exhaustive]
    NoBarrier {
        /// The module.
        module: String,
    },
}

impl UnloadError {
    /// The module's name.
    pub fn module(&self) -> &str {
        match self {
            UnloadError::NotLoaded { module }
            | UnloadError::Busy { module, .. }
            | UnloadError::Held { module, .. }
            | UnloadError::Threads { module, .. }
            | UnloadError::LoadOnly { module, .. }
            | UnloadError::Pinned { module, .. }
            | UnloadError::Static { module }
            | UnloadError::Hook { module, .. }
            | UnloadError::NoBarrier { module } => module,
        }
    }
}

impl fmt::Display for UnloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnloadError::NotLoaded { module } => write!(f, "module `{module}` is not loaded"),
            UnloadError::Busy { module, dependants } if dependants.is_empty() => {
                write!(
                    f,
                    "module `{module}` is busy: calls are in flight; try again later"
                )
            }
            UnloadError::Busy { module, dependants } => write!(
                f,
                "module `{module}` is busy: unload {} first, which needs it",
                dependants.join(", ")
            ),
            UnloadError::Held { module, values } => write!(
                f,
                "module `{module}` is in use: {values} of its values are still held; drop them"
            ),
            UnloadError::Threads { module, threads } => write!(
                f,
                "module `{module}` is in use: threads that it started hold it ({threads}); let them \
                 end first, by what the module offers for that"
            ),
            UnloadError::LoadOnly { module, interface } => write!(
                f,
                "module `{module}` is load-only: interface `{interface}` has no `#[ustub]`"
            ),
            UnloadError::Pinned { module, function } => write!(
                f,
                "module `{module}` stays: `{function}` is a `#[stub]` and was called; \
                 a `#[ustub]` would hold the module for each call only"
            ),
            UnloadError::Static { module } => {
                write!(f, "module `{module}` is linked into the program and stays")
            }
            UnloadError::Hook { module, source } if source.panicked() => {
                write!(
                    f,
                    "module `{module}` stays: its unload hook panicked: {source}"
                )
            }
            UnloadError::Hook { module, source } => {
                write!(
                    f,
                    "module `{module}` stays: its unload hook refused: {source}"
                )
            }
            UnloadError::NoBarrier { module } => write!(
                f,
                "module `{module}` stays: this system has no membarrier(2), so calls in \
                 flight can't be told (Linux 4.14 or newer has it; a seccomp filter may hide it)"
            ),
        }
    }
}

impl std::error::Error for UnloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            UnloadError::Hook { source, .. } => Some(source),
            _ => None,
        }
    }
}
