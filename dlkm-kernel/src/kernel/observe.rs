//! Events that report what the kernel does.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use super::UpgradeError;
use super::info::ModuleInfo;
use super::record::Kept;
use super::request::AskedBy;
use crate::error::HookError;
use crate::error::LoadError;
use crate::metadata::BuildId;
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
        /// What it left on the heap, in bytes: see
        /// [`ModuleSnapshot::left`](crate::ModuleSnapshot::left).
        left: isize,
    },
    /// A module was replaced by another version.
    #[non_exhaustive]
    Upgraded {
        /// The new version.
        module: &'a ModuleInfo,
        /// The new build, if its image has a build id.
        build: Option<&'a BuildId>,
        /// The version that served before.
        from: &'a str,
        /// The build that served before, if its image has a build id.
        from_build: Option<&'a BuildId>,
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
    /// A tunable was set while its module is loaded: see [`Kernel::tune`](crate::Kernel::tune).
    #[non_exhaustive]
    Tuned {
        /// The module's name.
        module: &'a str,
        /// The tunable's name.
        tunable: &'a str,
        /// The new value, in the form of the system file.
        value: &'a str,
    },
    /// The system file sets a tunable that a module does not have. The module is loaded all the same.
    #[non_exhaustive]
    UnknownTunable {
        /// The module's name.
        module: &'a str,
        /// The tunable's name in that line.
        tunable: &'a str,
        /// The number of the line, from 1.
        line: usize,
    },
    /// An image is not the one that was installed, or has no valid signature, and the system file says
    /// `verify warn`: it is loaded all the same, unless the load fails for another reason.
    #[non_exhaustive]
    Unverified {
        /// The module's name.
        module: &'a str,
        /// The image.
        file: &'a Path,
        /// Why it is not trusted.
        reason: &'a str,
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
        /// What it left on the heap, in bytes. What the next version goes on using counts here.
        left: isize,
    },
}

/// Receives events, on the thread that caused them, after they happened.
///
/// A closure is an observer: see [`Kernel::observe`](crate::Kernel::observe).
pub trait Observer: Send + Sync {
    /// Called once for each event. It may call stubs.
    ///
    /// If it panics, the panic goes on in the code that caused the event. If that code is in a
    /// module, which may be in a call that loads another module, the message goes on there as a panic
    /// of the module.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}

/// A handle that removes an observer; [`Kernel::observe`](crate::Kernel::observe) returns it. If it
/// is dropped, the observer stays.
pub struct ObserverHandle {
    list: Arc<Mutex<List>>,
    number: u64,
}

impl ObserverHandle {
    /// Removes the observer.
    ///
    /// The kernel does not call it for any event that occurs after this has returned. If other
    /// threads are reporting events at the same time, they may still call it for those, even after
    /// this has returned; the last of them drops it. An observer may remove itself.
    pub fn remove(self) {
        let removed = {
            let mut list = lock(&self.list);
            let at = list.entries.iter().position(|one| one.0 == self.number);
            at.map(|at| list.entries.remove(at))
        };
        // Without the lock: the observer's destructor may add or remove others.
        drop(removed);
    }
}

impl fmt::Debug for ObserverHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObserverHandle").finish_non_exhaustive()
    }
}

/// The observers, each with a unique number.
#[derive(Default)]
struct List {
    entries: Vec<(u64, Arc<dyn Observer>)>,
    last: u64,
}

#[derive(Default)]
pub(super) struct Observers(Arc<Mutex<List>>);

impl Observers {
    pub(super) fn add(&self, observer: impl Observer + 'static) -> ObserverHandle {
        let mut list = lock(&self.0);
        list.last += 1;
        let number = list.last;
        list.entries.push((number, Arc::new(observer)));
        ObserverHandle {
            list: Arc::clone(&self.0),
            number,
        }
    }

    /// Whether there is an observer; otherwise no event need be made.
    pub(super) fn any(&self) -> bool {
        !lock(&self.0).entries.is_empty()
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        // A copy, so that an observer may call stubs, or add and remove observers.
        let observers = lock(&self.0).entries.clone();
        for (_, observer) in observers {
            observer.event(event);
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", lock(&self.0).entries.len())
    }
}
