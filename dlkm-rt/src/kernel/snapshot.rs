//! What somebody sees who watches: how each module fares now.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::control::{Control, Table};
use super::info::State;
use super::link;
use super::record::{ModuleRecord, Phase, Running, Stay, Whereabouts, unloadable};
use crate::error::LoadError;
use crate::os;

/// How modules fare at one time: what [`Kernel::snapshot`](crate::Kernel::snapshot) returns.
///
/// It shows itself as a table, one line a module, with lines below a module that tell why its
/// last load failed or what keeps it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    modules: Vec<ModuleSnapshot>,
}

impl Snapshot {
    pub(super) fn take(control: &Control) -> Self {
        let mut images = Vec::new();
        let mut modules: Vec<ModuleSnapshot> = {
            let table = control.lock();
            let all = table.records().map(|(name, record)| {
                images.push(record.stay.as_ref().map(|stay| stay.image.clone()));
                ModuleSnapshot::of(name, record, &table)
            });
            all.collect()
        };
        // Without the lock: the dynamic linker has one of its own.
        let mapped = os::mapped();
        for (module, image) in modules.iter_mut().zip(images) {
            let place = image.and_then(Whereabouts::place);
            module.memory = place.and_then(|place| mapped.get(&place).copied());
        }
        Snapshot { modules }
    }

    /// All modules, by name.
    pub fn modules(&self) -> &[ModuleSnapshot] {
        &self.modules
    }

    /// The module of that name, if the kernel has had to do with it.
    pub fn module(&self, name: &str) -> Option<&ModuleSnapshot> {
        self.modules.iter().find(|module| module.name == name)
    }
}

impl<'a> IntoIterator for &'a Snapshot {
    type Item = &'a ModuleSnapshot;
    type IntoIter = std::slice::Iter<'a, ModuleSnapshot>;

    fn into_iter(self) -> Self::IntoIter {
        self.modules.iter()
    }
}

/// How one module fares. The numbers are read one after the other while the program goes on.
#[derive(Clone, Debug)]
pub struct ModuleSnapshot {
    name: String,
    version: Option<String>,
    file: Option<PathBuf>,
    state: State,
    failure: Option<LoadError>,
    in_flight: Option<u64>,
    calls: Option<u64>,
    calls_in_all: Option<u64>,
    held: usize,
    idle: Option<Duration>,
    pinned_by: Option<String>,
    load_only: Option<String>,
    dependants: Vec<String>,
    began: Option<Instant>,
    began_at: Option<SystemTime>,
    took: Option<Duration>,
    memory: Option<u64>,
}

impl ModuleSnapshot {
    fn of(name: &str, record: &ModuleRecord, table: &Table) -> Self {
        let state = State::of(record.phase, record.failure.is_some());
        let stay = record.stay.as_ref();
        // While it is being unloaded as well.
        let running = record.running.as_ref();
        let now = stay.filter(|_| running.is_some());
        let counted = stay.filter(|stay| unloadable(&stay.metadata).next().is_some());
        let in_all = counted.map(Stay::calls_in_all);
        ModuleSnapshot {
            name: name.to_owned(),
            version: stay.map(|stay| stay.metadata.version().to_owned()),
            file: stay.and_then(|stay| stay.file.clone()),
            state,
            failure: record
                .failure
                .clone()
                .filter(|_| record.phase == Phase::Unloaded),
            in_flight: counted.map(Stay::in_flight),
            calls: now.and_then(|stay| Some(stay.of(in_all?))),
            calls_in_all: in_all,
            held: running.map_or(0, Running::held),
            idle: running.and_then(|running| running.metadata.idle()),
            pinned_by: record.pinned.clone(),
            load_only: running.and_then(|running| link::load_only(table, running)),
            dependants: match running {
                Some(_) => table.dependants(name),
                None => Vec::new(),
            },
            began: now.map(|stay| stay.began),
            began_at: now.map(|stay| stay.began_at),
            took: now.map(|stay| stay.took),
            memory: None,
        }
    }

    /// The module's name; of one that was never loaded, the name that was asked for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that is loaded, or was the last time; `None` if it never was.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Its image; `None` for a static module and one that was never loaded.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Where it is in its life.
    pub fn state(&self) -> State {
        self.state
    }

    /// Why it is [`State::Failed`].
    pub fn error(&self) -> Option<&LoadError> {
        self.failure.as_ref()
    }

    /// How many calls of its unloadable interfaces are in flight, those that wait for its load
    /// or unload included. `None` if it has no such interface or was never loaded: calls that
    /// take no hold are not counted, which are those through load-only interfaces and through
    /// a `#[stub]`.
    pub fn in_flight(&self) -> Option<u64> {
        self.in_flight
    }

    /// How many calls of its unloadable interfaces there were since it was loaded, the one that
    /// loaded it included. `None` if it is not loaded, and where
    /// [`in_flight`](Self::in_flight) is.
    pub fn calls(&self) -> Option<u64> {
        self.calls
    }

    /// How many calls of its unloadable interfaces there were since the program began: over all
    /// its loads, with those that found no module, and with those that another module served
    /// which provided the same interface before. `None` where [`in_flight`](Self::in_flight) is.
    pub fn calls_in_all(&self) -> Option<u64> {
        self.calls_in_all
    }

    /// How many of its values others have: see [`Held`](crate::Held).
    pub fn held(&self) -> usize {
        self.held
    }

    /// How long it stays while nobody calls it, if it is loaded and says so: see
    /// [`Kernel::reap`](crate::Kernel::reap).
    pub fn idle(&self) -> Option<Duration> {
        self.idle
    }

    /// The `#[stub]` of an unloadable interface that was called, as `interface::function`:
    /// it keeps the module for good.
    pub fn pinned_by(&self) -> Option<&str> {
        self.pinned_by.as_deref()
    }

    /// The load-only interface that keeps the loaded module for good.
    pub fn load_only(&self) -> Option<&str> {
        self.load_only.as_deref()
    }

    /// The modules that are loaded, or being loaded, and need this one.
    pub fn dependants(&self) -> &[String] {
        &self.dependants
    }

    /// When it went into service, on the clock that only goes forward; `None` if it is not
    /// loaded.
    pub fn loaded(&self) -> Option<Instant> {
        self.began
    }

    /// When it went into service, on the clock of people; `None` if it is not loaded.
    pub fn loaded_at(&self) -> Option<SystemTime> {
        self.began_at
    }

    /// How long its load took, with all checks, its dependencies and its load hook; `None` if
    /// it is not loaded.
    pub fn load_took(&self) -> Option<Duration> {
        self.took
    }

    /// Whether the image that it was loaded from last is in memory. The system may keep an
    /// image mapped that was unloaded, and so may the kernel. A static module has no image of
    /// its own.
    pub fn is_mapped(&self) -> bool {
        self.memory.is_some()
    }

    /// How many bytes of addresses that image takes: its code and its statics, not what it has
    /// allocated. `None` if it is not mapped.
    pub fn memory(&self) -> Option<u64> {
        self.memory
    }
}

const HEADINGS: [&str; 8] = [
    "MODULE",
    "VERSION",
    "STATE",
    "CALLS",
    "IN FLIGHT",
    "HELD",
    "LOADED IN",
    "MEMORY",
];

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 8]> = self.modules.iter().map(row).collect();
        let mut widths = HEADINGS.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        line(f, &HEADINGS, &widths)?;
        for (module, row) in self.modules.iter().zip(&rows) {
            line(f, row, &widths)?;
            if let Some(error) = &module.failure {
                writeln!(f, "  {error}")?;
            }
            if let Some(function) = &module.pinned_by {
                writeln!(f, "  stays: `{function}` was called, a `#[stub]`")?;
            }
            if let Some(interface) = &module.load_only {
                writeln!(f, "  stays: interface `{interface}` is load-only")?;
            }
            if !module.dependants.is_empty() {
                writeln!(f, "  needed by {}", module.dependants.join(", "))?;
            }
        }
        Ok(())
    }
}

fn row(module: &ModuleSnapshot) -> [String; 8] {
    let number = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    [
        module.name.clone(),
        module.version.clone().unwrap_or_default(),
        module.state.to_string(),
        number(module.calls),
        number(module.in_flight),
        module.held.to_string(),
        module
            .took
            .map_or_else(|| "-".to_owned(), |took| format!("{took:.1?}")),
        module
            .memory
            .map_or_else(|| "-".to_owned(), |bytes| format!("{} KiB", bytes / 1024)),
    ]
}

fn line(f: &mut fmt::Formatter<'_>, cells: &[impl AsRef<str>], widths: &[usize; 8]) -> fmt::Result {
    let mut line = String::new();
    for (cell, &width) in cells.iter().zip(widths) {
        line.push_str(&format!("{:width$}  ", cell.as_ref()));
    }
    writeln!(f, "{}", line.trim_end())
}
