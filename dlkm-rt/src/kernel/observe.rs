//! Events, for whoever wants to see what the kernel does.

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
        /// Who asked for it.
        asked_by: AskedBy<'a>,
        /// How long it took, with all checks, its dependencies and its load hook.
        took: Duration,
    },
    /// A module could not be loaded. Later calls that fail for the same reason without
    /// another try are no events.
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
        /// Why its code stays in memory, if the kernel keeps it there. (The system may also do
        /// so by itself.)
        kept: Option<Kept>,
    },
    /// Another version of a module took the place of the one that served.
    #[non_exhaustive]
    Upgraded {
        /// The module, as it is now.
        module: &'a ModuleInfo,
        /// The version that served before.
        from: &'a str,
        /// How long it took, with all checks, hooks, and the wait for calls in the old version.
        took: Duration,
        /// Whether the old version is out of use. [`Event::Retired`] tells when that comes, which
        /// may be before this event.
        drained: bool,
    },
    /// A module could not be upgraded: the version that served goes on.
    #[non_exhaustive]
    UpgradeFailed {
        /// The module's name.
        module: &'a str,
        /// Why.
        error: &'a UpgradeError,
    },
    /// Nobody is in the old version of an upgraded module any more, or in a new one that was
    /// not put into service after its load hook had run: it was unloaded.
    #[non_exhaustive]
    Retired {
        /// The module's name.
        module: &'a str,
        /// The version.
        version: &'a str,
        /// What its unload hook said if it refused or panicked. Then the image stays mapped for
        /// as long as the process runs; calls don't reach it.
        error: Option<&'a HookError>,
        /// Why its code stays all the same, if it does.
        kept: Option<Kept>,
    },
}

/// Sees events, on the thread that caused them, after the fact.
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

    /// Whether there is one, so that an event is worth making.
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
