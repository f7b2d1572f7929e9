//! Events that report what the kernel does.

use std::fmt;
use std::time::Duration;

use super::info::ModuleInfo;
use super::record::Kept;
use super::request::AskedBy;
use crate::error::HookError;
use crate::error::{LoadError, UpgradeError};
use crate::primitive::{Arc, Mutex, lock};

/// Something the kernel did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A module was loaded.
    #[non_exhaustive]
    Loaded {
        /// The module.
        module: &'a ModuleInfo,
        /// What requested it.
        asked_by: AskedBy<'a>,
        /// How long it took, including all checks, its dependencies and its load hook.
        took: Duration,
    },
    /// A module could not be loaded. Later calls that fail for the same reason, without
    /// another try, cause no event.
    #[non_exhaustive]
    LoadFailed {
        /// The module's name.
        module: &'a str,
        /// Why.
        error: &'a LoadError,
    },
    /// A module was unloaded.
    #[non_exhaustive]
    Unloaded {
        /// The module's name.
        module: &'a str,
        /// Why its code stays in memory, if the kernel keeps it there. (The system may also keep
        /// it.)
        kept: Option<Kept>,
    },
    /// A module was replaced by another version.
    #[non_exhaustive]
    Upgraded {
        /// The new version.
        module: &'a ModuleInfo,
        /// The version that served before.
        from: &'a str,
        /// How long it took, including all checks, hooks, and the wait for calls in the old version.
        took: Duration,
        /// Whether the old version is out of use. [`Event::Retired`] reports when it is, which
        /// may be before this event.
        drained: bool,
    },
    /// A module could not be upgraded: the old version continues to serve.
    #[non_exhaustive]
    UpgradeFailed {
        /// The module's name.
        module: &'a str,
        /// Why.
        error: &'a UpgradeError,
    },
    /// The old version of an upgraded module went out of use and was unloaded; or a new version
    /// that was not put into service after its load hook had run.
    #[non_exhaustive]
    Retired {
        /// The module's name.
        module: &'a str,
        /// The version.
        version: &'a str,
        /// The error of its unload hook, if the hook failed or panicked. Then the image stays
        /// mapped as long as the process runs; calls don't reach it.
        error: Option<&'a HookError>,
        /// Why its code stays in memory, if the kernel keeps it there.
        kept: Option<Kept>,
    },
}

/// Receives events, on the thread that caused them, after they happened.
pub trait Observer: Send + Sync {
    /// Called once for each event. It may call stubs.
    fn event(&self, event: &Event<'_>);
}

#[derive(Default)]
pub(super) struct Observers(Mutex<Vec<Arc<dyn Observer>>>);

impl Observers {
    pub(super) fn add(&self, observer: impl Observer + 'static) {
        lock(&self.0).push(Arc::new(observer));
    }

    /// Whether there is an observer; otherwise no event need be made.
    pub(super) fn any(&self) -> bool {
        !lock(&self.0).is_empty()
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        // A copy, so that an observer may call stubs, or add another.
        let observers = lock(&self.0).clone();
        for observer in observers {
            observer.event(event);
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", lock(&self.0).len())
    }
}
