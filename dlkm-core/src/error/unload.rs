//! Errors of unloading a module.

use std::borrow::Borrow;
use std::fmt;

use super::HookError;
use super::made::errors;

errors! {
    mod unload_error;

    /// A module could not be unloaded; it continues to work.
    #[derive(Clone, Debug, PartialEq, Eq)]
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
            /// The loaded modules that depend on it; empty if calls are in flight.
            dependants: Vec<String>,
        },
        /// Values of it are held: trait objects, closures and the like, each in a
        /// [`Held`](crate::Held), or futures of its async functions.
        #[non_exhaustive]
        Held {
            /// The module.
            module: String,
            /// The number of them.
            values: usize,
        },
        /// Threads that it started with [`thread::spawn`](crate::thread::spawn) are running, and hold
        /// it.
        #[non_exhaustive]
        Threads {
            /// The module.
            module: String,
            /// The number of them.
            threads: usize,
        },
        /// One of its interfaces is load-only, or a caller was built against a version that was: such
        /// calls take no hold, so the module stays loaded.
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
        /// Another module called it without a hold, because that module was built against a load-only
        /// version of the interface. That module is unloaded, but its code is still in memory, so
        /// a thread may be in such a call. Once the code is gone, this module can be unloaded. (The system may
        /// unmap it later, when it closes another image.)
        #[non_exhaustive]
        Unheld {
            /// The module.
            module: String,
            /// The module that called it.
            caller: String,
            /// The interface that it called.
            interface: String,
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
        /// Its unload hook returned an error or panicked.
        #[non_exhaustive]
        Hook {
            /// The module.
            module: String,
            /// The hook's error.
            source: HookError,
        },
        /// The system has no membarrier(2), without which calls in flight can't be tracked.
        #[non_exhaustive]
        NoBarrier {
            /// The module.
            module: String,
        },
    }
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
            | UnloadError::Unheld { module, .. }
            | UnloadError::Static { module }
            | UnloadError::Joined { module }
            | UnloadError::Hook { module, .. }
            | UnloadError::NoBarrier { module } => module,
        }
    }
}

impl fmt::Display for UnloadError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(self, f)
    }
}

// Generic, so that only what uses it has it: see lib.rs.
fn write_text(error: &impl Borrow<UnloadError>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let error = error.borrow();
    match error {
        UnloadError::NotLoaded { module } => write!(f, "module `{module}` is not loaded"),
        UnloadError::Busy { module, dependants } if dependants.is_empty() => {
            write!(
                f,
                "module `{module}` is busy: calls are in flight; try again later"
            )
        }
        UnloadError::Busy { module, dependants } => write!(
            f,
            "module `{module}` is busy: loaded modules depend on it; unload {} first",
            dependants.join(", ")
        ),
        UnloadError::Held { module, values } => write!(
            f,
            "module `{module}` is in use: {values} of its values are still held; drop them"
        ),
        UnloadError::Threads { module, threads } => write!(
            f,
            "module `{module}` is in use: threads that it started hold it ({threads}); end \
             them first, with the function that the module offers for that"
        ),
        UnloadError::LoadOnly { module, interface } => write!(
            f,
            "module `{module}` is load-only: interface `{interface}` has neither a `#[ustub]` nor \
             `class = unloadable`"
        ),
        UnloadError::Pinned { module, function } => write!(
            f,
            "module `{module}` stays: `{function}` is a `#[stub]` and was called; \
             a `#[ustub]` would hold the module only during each call"
        ),
        UnloadError::Unheld {
            module,
            caller,
            interface,
        } => write!(
            f,
            "module `{module}` stays: the code of module `{caller}`, which is unloaded, is \
             still in memory and may be in a call of `{interface}` that takes no hold; end \
             the threads of `{caller}`, or build it against an unloadable version of \
             `{interface}`"
        ),
        UnloadError::Static { module } => {
            write!(f, "module `{module}` is linked into the program and stays")
        }
        UnloadError::Joined { module } => write!(
            f,
            "module `{module}` stays: it is a stub module, and the program or one of its \
             libraries is linked to it"
        ),
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
             flight can't be tracked (Linux 4.14 or newer has it; a seccomp filter may hide it)"
        ),
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
