//! The kernel's record of one module: its phase, what runs, and what its last load left.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use dlkm_metadata::Class;
use dlkm_system as system;

use crate::call::hold_registry::{self, Draining, Numbers};
use crate::declare::module::LoadArg;
use crate::error::LoadError;
use crate::loader::{AnyWrapper, Mapped, Origin};
use crate::metadata::Metadata;
use crate::os;
use crate::primitive::Arc;

/// A thread, identified by the address of its own data. `std::thread::current` does not work while
/// a thread's local data is being destroyed, and destructors may call stubs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Thread(usize);

pub(super) fn me() -> Thread {
    thread_local!(static MARK: u8 = const { 0 });
    MARK.with(|mark| Thread(std::ptr::from_ref(mark) as usize))
}

/// The phase of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Unloaded,
    Loading(Thread),
    Loaded,
    Unloading(Thread),
}

impl Stage {
    /// The thread that is changing it.
    pub(super) fn worker(self) -> Option<Thread> {
        match self {
            Stage::Loading(thread) | Stage::Unloading(thread) => Some(thread),
            Stage::Unloaded | Stage::Loaded => None,
        }
    }
}

/// A module that is loaded.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) metadata: Metadata,
    pub(super) origin: Origin,
    pub(super) image: Arc<Mapped>,
    /// The names of the modules that it needs.
    pub(super) depends: Vec<String>,
    /// Why it is in service.
    pub(super) cause: system::Cause,
    /// How long it stays loaded without a call.
    pub(super) idle: Option<Duration>,
}

impl Running {
    /// The module in its image.
    pub(super) fn wrapper(&self) -> Option<AnyWrapper<'_>> {
        match self.origin {
            Origin::Static(wrapper) => Some(AnyWrapper::Rust(wrapper)),
            Origin::File(_) => {
                let mut modules = self.image.modules();
                modules.next().filter(|_| modules.next().is_none())
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct ModuleRecord {
    pub(super) phase: Stage,
    pub(super) running: Option<Running>,
    /// Why the last load failed; calls do not try again.
    pub(super) failure: Option<LoadError>,
    /// The modules that this one needs, claimed before they are loaded.
    pub(super) depends: Vec<String>,
    /// The `#[stub]` of an unloadable interface that was called.
    pub(super) pinned: Option<String>,
    /// The message of the module's panic, if the module must not be called again.
    pub(super) distrusted: Option<String>,
    /// Its images that stay mapped although it has been unloaded or upgraded since.
    pub(super) lasting: Option<Lasting>,
    /// Why its code is still in memory after the last unload.
    pub(super) kept: Option<Kept>,
    /// What it has left on the heap by all unloads, in bytes.
    pub(super) left: isize,
    /// Its last stay in memory; kept until the next load.
    pub(super) stay: Option<Stay>,
    /// The thread that is replacing it by another version, or setting one of its tunables. Meanwhile
    /// it is loaded, and serves.
    pub(super) upgrading: Option<Thread>,
}

impl ModuleRecord {
    /// The thread that is changing what is loaded.
    pub(super) fn worker(&self) -> Option<Thread> {
        self.phase.worker().or(self.upgrading)
    }
}

impl Default for ModuleRecord {
    fn default() -> Self {
        ModuleRecord {
            phase: Stage::Unloaded,
            running: None,
            failure: None,
            depends: Vec::new(),
            pinned: None,
            distrusted: None,
            lasting: None,
            kept: None,
            upgrading: None,
            left: 0,
            stay: None,
        }
    }
}

pub(super) fn load_arg(running: &Running) -> LoadArg {
    LoadArg::of_load(running.metadata.name(), running.origin.file())
}

/// A replaced version, to which no slot leads.
#[derive(Debug)]
pub(super) struct Retired {
    pub(super) running: Running,
    /// The calls that may still be in it. `None` until a barrier has made them visible.
    draining: Option<Draining>,
    /// Whether its unload hook is running.
    pub(super) ending: bool,
}

impl Retired {
    pub(super) fn new(running: Running) -> Self {
        Retired {
            running,
            draining: None,
            ending: false,
        }
    }

    /// Whether no call is in it and no call can reach it again.
    pub(super) fn is_unused(&mut self) -> bool {
        if self.draining.is_none() && os::heavy_barrier() {
            // From here on a call either found its slot moved, or its entry is visible here: this
            // pairs with `os::light_barrier` in `HoldRecord::enter`.
            let interfaces = self.running.metadata.counted_names();
            self.draining = Some(hold_registry::draining(&interfaces));
        }
        let drained = self.draining.as_mut().is_some_and(Draining::is_drained);
        // In this order: while no call is in it, no code can make a first value or thread.
        let image = &self.running.image;
        drained && image.held() == 0 && image.holding_threads() == 0
    }
}

/// The image of an unloaded module, kept for what it left behind: threads that run its code,
/// or values that are held.
#[derive(Debug)]
pub(super) struct KeptImage {
    pub(super) module: String,
    pub(super) image: Arc<Mapped>,
}

impl KeptImage {
    /// Whether nothing of that is left. Then nothing can be added, because no stub leads there;
    /// if something is added between the two reads, the drop of `Mapped` sees it.
    pub(super) fn is_unused(&self) -> bool {
        self.image.threads() == 0 && self.image.values() == 0
    }
}

/// The images of a module that stay mapped as long as the process runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lasting {
    pub(super) images: usize,
    /// Why the last of them does.
    pub(super) why: &'static str,
}

/// One stay of a module in memory: the data that remains when it is unloaded.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    pub(super) metadata: Metadata,
    pub(super) file: Option<PathBuf>,
    calls_before: u64,
    pub(super) began: Instant,
    pub(super) began_at: SystemTime,
    pub(super) took: Duration,
    pub(super) image: Whereabouts,
}

/// Where a module's image is. The kernel asks the dynamic linker when the place is needed, and at
/// the end of the stay, not at each load.
#[derive(Clone, Debug)]
pub(super) enum Whereabouts {
    /// In the host.
    Host,
    /// It contains this address, during the stay.
    Around(usize),
    /// It was at this place, before the stay ended.
    Was(Option<os::Place>),
}

impl Stay {
    /// Starts the stay of a module that is ready, but not in service yet.
    pub(super) fn begin(running: &Running, load_started: Instant) -> Self {
        let file = running.origin.file().map(Path::to_owned);
        let image = match file {
            None => Whereabouts::Host,
            Some(_) => Whereabouts::Around(running.image.address().addr()),
        };
        Stay {
            // The calls in flight wait for this load.
            calls_before: unloadable(&running.metadata)
                .map(hold_registry::ended)
                .sum(),
            metadata: running.metadata.clone(),
            file,
            began: Instant::now(),
            began_at: SystemTime::now(),
            took: load_started.elapsed(),
            image,
        }
    }

    /// Ends the stay; the image was at `place`.
    pub(super) fn end(&mut self, place: Option<os::Place>) {
        self.image = Whereabouts::Was(place);
    }

    /// How many calls of its unloadable interfaces there have been during the stay.
    pub(super) fn calls(&self) -> u64 {
        self.of(self.numbers().calls)
    }

    /// How many of `calls_in_all` were during the stay.
    pub(super) fn of(&self, calls_in_all: u64) -> u64 {
        calls_in_all.saturating_sub(self.calls_before)
    }

    /// The numbers of calls of its unloadable interfaces since the program started.
    pub(super) fn numbers(&self) -> Numbers {
        let interfaces: Vec<&str> = unloadable(&self.metadata).collect();
        hold_registry::numbers(&interfaces)
    }
}

/// The interfaces whose calls are counted.
pub(super) fn unloadable(metadata: &Metadata) -> impl Iterator<Item = &str> {
    let interfaces = metadata.interfaces().iter();
    let counted = interfaces.filter(|one| one.class() == Class::Unloadable);
    counted.map(|one| one.counted_as())
}

/// Why the kernel keeps the code of an unloaded module in memory. The module's stubs load a
/// copy of it, with statics of its own. Code that is kept for threads or values is released when
/// they are gone: see [`Kernel::finish_retired`](crate::Kernel::finish_retired).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// The number of threads that run its code, or will run its destructors when they end: threads
    /// that it started, and threads that called it and have thread-local data of it.
    Threads(usize),
    /// The number of its values that are still held: its load hook left them with others, and its
    /// unload hook did not take them back.
    Values(usize),
    /// The types of a function do not prove that nothing of the image is left behind: it may return
    /// a borrow, for example, and a borrow of a static of the module looks like any other. So the
    /// image stays mapped as long as the process runs. With `#[module(unmap)]`, such a function of
    /// the module is a compile error.
    #[non_exhaustive]
    Borrows {
        /// The function, and what it does: ``"`calc::first_word` returns a borrow"``.
        why: &'static str,
    },
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kept::Threads(1) => f.write_str("1 thread still runs its code, or will when it ends"),
            Kept::Threads(threads) => {
                write!(
                    f,
                    "{threads} threads still run its code, or will when they end"
                )
            }
            Kept::Values(1) => f.write_str("1 of its values is still held"),
            Kept::Values(values) => write!(f, "{values} of its values are still held"),
            Kept::Borrows { why } => f.write_str(why),
        }
    }
}
