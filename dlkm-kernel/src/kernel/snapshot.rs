//! A snapshot of all modules, for monitoring.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use dlkm_system::same_name;

use super::control::{Control, Table};
use super::departed::UnheldCall;
use super::info::State;
use super::link;
use super::record::{Lasting, ModuleRecord, Stage, Whereabouts, unloadable};
use crate::call::hold_registry::AllNumbers;
use crate::error::LoadError;
use crate::os;

/// The state of all modules at one moment, from [`Kernel::snapshot`](crate::Kernel::snapshot).
///
/// `Display` prints it as a table with one line for each module. Lines below a module say why its
/// last load failed, or what keeps it loaded or mapped.
#[derive(Clone, Debug)]
pub struct Snapshot {
    modules: Vec<ModuleSnapshot>,
}

impl Snapshot {
    pub(super) fn take(control: &Control) -> Self {
        let mut images = Vec::new();
        let mut modules: Vec<ModuleSnapshot> = {
            let table = control.lock();
            let numbers = AllNumbers::now();
            let all = table.records().map(|(name, record)| {
                images.push(record.stay.as_ref().map(|stay| stay.image.clone()));
                ModuleSnapshot::of(name, record, &table, &numbers)
            });
            all.collect()
        };
        // Without the table's lock: the dynamic linker has a lock of its own.
        let mapped = os::mapped();
        for (module, image) in modules.iter_mut().zip(images) {
            let object = match &image {
                None | Some(Whereabouts::Host | Whereabouts::Was(None)) => None,
                Some(Whereabouts::Around(address)) => mapped.around(*address),
                Some(Whereabouts::Was(Some(place))) => mapped.at(place),
            };
            module.memory = object.map(|object| object.bytes());
            module.address = object.map(|object| object.base());
        }
        Snapshot { modules }
    }

    /// All modules, sorted by name.
    pub fn modules(&self) -> &[ModuleSnapshot] {
        &self.modules
    }

    /// The module of that name, if it was ever loaded or requested.
    pub fn module(&self, name: &str) -> Option<&ModuleSnapshot> {
        let mut same = self.modules.iter().filter(|one| same_name(&one.name, name));
        same.clone().find(|one| one.name == name).or(same.next())
    }
}

impl<'a> IntoIterator for &'a Snapshot {
    type Item = &'a ModuleSnapshot;
    type IntoIter = std::slice::Iter<'a, ModuleSnapshot>;

    fn into_iter(self) -> Self::IntoIter {
        self.modules.iter()
    }
}

/// The state of one module. The numbers are read one after the other while the program runs.
#[derive(Clone, Debug)]
pub struct ModuleSnapshot {
    name: String,
    version: Option<String>,
    file: Option<PathBuf>,
    state: State,
    lasting: Option<Lasting>,
    stays_mapped: Option<String>,
    failure: Option<LoadError>,
    in_flight: Option<u64>,
    calls: Option<u64>,
    calls_in_all: Option<u64>,
    held: usize,
    idle: Option<Duration>,
    pinned_by: Option<String>,
    load_only: Option<String>,
    unheld: Option<UnheldCall>,
    dependants: Vec<String>,
    began: Option<Instant>,
    began_at: Option<SystemTime>,
    took: Option<Duration>,
    memory: Option<u64>,
    address: Option<usize>,
    heap: Option<isize>,
    left: isize,
}

impl ModuleSnapshot {
    fn of(name: &str, record: &ModuleRecord, table: &Table, numbers: &AllNumbers) -> Self {
        let state = State::of(record.phase, record.failure.is_some());
        let stay = record.stay.as_ref();
        // Also while it is being unloaded.
        let running = record.running.as_ref();
        let now = stay.filter(|_| running.is_some());
        let interfaces = stay.map(|stay| unloadable(&stay.metadata).collect::<Vec<_>>());
        let counted = interfaces.filter(|all| !all.is_empty());
        let numbers = counted.map(|interfaces| numbers.of(&interfaces));
        let in_all = numbers.map(|numbers| numbers.calls);
        ModuleSnapshot {
            name: name.to_owned(),
            version: stay.map(|stay| stay.metadata.version().to_owned()),
            file: stay.and_then(|stay| stay.file.clone()),
            state,
            lasting: record.lasting,
            stays_mapped: running
                .and_then(|running| running.image.stays_mapped())
                .map(str::to_owned),
            failure: record
                .failure
                .clone()
                .filter(|_| record.phase == Stage::Unloaded),
            in_flight: numbers.map(|numbers| numbers.in_flight),
            calls: now.and_then(|stay| Some(stay.of(in_all?))),
            calls_in_all: in_all,
            held: running.map_or(0, |running| running.image.held()),
            idle: running.and_then(|running| running.idle),
            pinned_by: record.pinned.clone(),
            load_only: running.and_then(|running| link::load_only(table, running)),
            unheld: running.and_then(|_| table.departed.call_of(name).cloned()),
            dependants: match running {
                Some(_) => table.dependants(name),
                None => Vec::new(),
            },
            began: now.map(|stay| stay.began),
            began_at: now.map(|stay| stay.began_at),
            took: now.map(|stay| stay.took),
            memory: None,
            address: None,
            heap: running
                .filter(|running| running.origin.file().is_some())
                .map(|running| running.image.heap()),
            left: record.left,
        }
    }

    /// The module's name; for a module that was never loaded, the name that was requested.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that is loaded, or was loaded last; `None` if none ever was.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Its image; `None` for a static module, and for one that was never loaded.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Its state.
    pub fn state(&self) -> State {
        self.state
    }

    /// How many images from its earlier loads stay mapped as long as the process runs: see
    /// [`Kept::Borrows`](crate::Kept::Borrows).
    pub fn left_mapped(&self) -> usize {
        self.lasting.map_or(0, |lasting| lasting.images)
    }

    /// Why its image stays mapped after an unload, if it does: that of a loaded module, otherwise
    /// the last one that stayed.
    pub fn stays_mapped(&self) -> Option<&str> {
        let last = || self.lasting.map(|lasting| lasting.why);
        self.stays_mapped.as_deref().or_else(last)
    }

    /// Why it is [`State::Failed`].
    pub fn error(&self) -> Option<&LoadError> {
        self.failure.as_ref()
    }

    /// How many calls of its unloadable interfaces are in flight, including those that wait for
    /// its load or unload. Calls that take no hold are not counted: those through load-only
    /// interfaces and through a `#[stub]`. `None` if it has no unloadable interface or was never
    /// loaded.
    pub fn in_flight(&self) -> Option<u64> {
        self.in_flight
    }

    /// How many calls of its unloadable interfaces there have been since it was loaded, including
    /// the one that loaded it. `None` if it is not loaded, or if
    /// [`in_flight`](Self::in_flight) is `None`.
    pub fn calls(&self) -> Option<u64> {
        self.calls
    }

    /// How many calls of its unloadable interfaces there have been since the program started:
    /// during all its loads, including those that found no module, and those that another module
    /// with the same interface served before. `None` if [`in_flight`](Self::in_flight) is `None`.
    pub fn calls_in_all(&self) -> Option<u64> {
        self.calls_in_all
    }

    /// How many of its values are held: see [`Held`](crate::boundary::held::Held). What its load hook left with others
    /// does not count, and a static module's values are not counted at all.
    pub fn held(&self) -> usize {
        self.held
    }

    /// How long it stays loaded without a call, if it is loaded and has `idle`: see
    /// [`Kernel::reap`](crate::Kernel::reap).
    pub fn idle(&self) -> Option<Duration> {
        self.idle
    }

    /// The `#[stub]` of an unloadable interface that was called, as `interface::function`:
    /// it keeps the module loaded as long as the process runs.
    pub fn pinned_by(&self) -> Option<&str> {
        self.pinned_by.as_deref()
    }

    /// The load-only interface that keeps the module loaded as long as the process runs.
    pub fn load_only(&self) -> Option<&str> {
        self.load_only.as_deref()
    }

    /// A module that is unloaded, whose code is still in memory and may be in a call of this module
    /// that takes no hold: it keeps this module loaded until its code is gone. See
    /// [`UnloadError::Unheld`](crate::error::UnloadError::Unheld).
    pub fn unheld_by(&self) -> Option<&str> {
        self.unheld.as_ref().map(|call| &*call.caller)
    }

    /// The modules that depend on this one and are loaded or being loaded.
    pub fn dependants(&self) -> &[String] {
        &self.dependants
    }

    /// When it went into service, on the monotonic clock; `None` if it is not loaded.
    pub fn loaded(&self) -> Option<Instant> {
        self.began
    }

    /// When it went into service, on the system clock; `None` if it is not loaded.
    pub fn loaded_at(&self) -> Option<SystemTime> {
        self.began_at
    }

    /// How long its load took, including all checks, its dependencies and its load hook; `None`
    /// if it is not loaded.
    pub fn load_took(&self) -> Option<Duration> {
        self.took
    }

    /// Whether the image from its last load is in memory. The system and the kernel may keep an
    /// image mapped after an unload. A static module has no image of its own.
    pub fn is_mapped(&self) -> bool {
        self.memory.is_some()
    }

    /// How much address space that image takes, in bytes: its code and its statics, not what it
    /// has allocated. `None` if it is not mapped.
    pub fn memory(&self) -> Option<u64> {
        self.memory
    }

    /// The address at which that image is mapped; `None` if it is not.
    pub fn address(&self) -> Option<usize> {
        self.address
    }

    /// How many bytes of the heap it uses: those that code of its image has allocated since it was
    /// loaded, less those that code of its image has freed. A block counts where it is allocated
    /// and where it is freed. So what it gives to its callers counts although they will free it,
    /// and if it frees more of its callers' blocks than it allocates, the number is negative.
    /// `None` if it is not loaded, or static; 0 for a module in C or of another compiler.
    pub fn heap(&self) -> Option<isize> {
        self.heap
    }

    /// How many bytes it has left on the heap, by all its unloads and replaced versions together.
    /// Each is [`heap`](Self::heap) after the unload hook and the destructors of its
    /// [`ModuleCell`](crate::boundary::state::ModuleCell)s. What is still held by callers counts too. The rest is
    /// lost: mostly what its `static`s contained. (std itself leaves a few kilobytes.)
    pub fn left(&self) -> isize {
        self.left
    }
}

/// From how many bytes on a module has a line about what it left on the heap: more than the buffers
/// that std leaves.
const WORTH_A_LINE: isize = 64 * 1024;

/// A number of bytes, for people.
struct Size(isize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MEBIBYTE: f64 = 1024.0 * 1024.0;
        let bytes = self.0 as f64;
        match bytes < MEBIBYTE {
            true => write!(f, "{:.1} KiB", bytes / 1024.0),
            false => write!(f, "{:.1} MiB", bytes / MEBIBYTE),
        }
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
            if let Some(Lasting { images, why }) = module.lasting {
                match images {
                    1 => writeln!(f, "  1 image stays mapped, because {why}")?,
                    _ => writeln!(f, "  {images} images stay mapped, because {why}")?,
                }
            }
            if let Some(why) = &module.stays_mapped {
                let idle = match module.idle {
                    Some(_) => ", and is not unloaded when idle,",
                    None => "",
                };
                writeln!(f, "  stays mapped after an unload{idle} because {why}")?;
            }
            if let Some(function) = &module.pinned_by {
                writeln!(f, "  stays: the `#[stub]` `{function}` was called")?;
            }
            if let Some(interface) = &module.load_only {
                writeln!(f, "  stays: interface `{interface}` is load-only")?;
            }
            if let Some(UnheldCall {
                caller, interface, ..
            }) = &module.unheld
            {
                writeln!(
                    f,
                    "  stays: module `{caller}`, which is unloaded, may be in a call of \
                     `{interface}` that takes no hold"
                )?;
            }
            if module.left >= WORTH_A_LINE {
                writeln!(f, "  left {} on the heap", Size(module.left))?;
            }
            if !module.dependants.is_empty() {
                writeln!(f, "  needed by {}", module.dependants.join(", "))?;
            }
        }
        Ok(())
    }
}

fn row(module: &ModuleSnapshot) -> [String; 8] {
    let number = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |n| format!("{n}"));
    [
        module.name.clone(),
        module.version.clone().unwrap_or_default(),
        format!("{}", module.state),
        number(module.calls),
        number(module.in_flight),
        format!("{}", module.held),
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
