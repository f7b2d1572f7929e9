//! The registry of hold records. The first [`CELLS`] interfaces that are called have a cell each
//! in every thread's own block; later ones have a heap block for each thread that calls.
//!
//! All of this belongs to the host. A module's own copy of the runtime serves only calls that
//! constructors make before its image is attached, and has no cells.

use std::cell::{Cell, RefCell};

use crate::call::hold::{HoldPlace, HoldRecord};
use crate::call::hold_home::{Home, Used};
use crate::call::table::StubTable;
use crate::os;
use crate::primitive::{Mutex, lock};
use crate::sorted::Sorted;

/// How many interfaces have cells: 4 kB in each thread.
const CELLS: usize = 256;

thread_local! {
    // It has no destructor, so it stays valid until the thread's end.
    static BLOCK: [HoldRecord; CELLS] = const { [const { HoldRecord::new() }; CELLS] };

    static THREAD: ThreadRecords = const { ThreadRecords::new() };
}

/// A record in use.
///
/// # Invariants
/// 1. `record` points to a live [`HoldRecord`] as long as the entry exists: to a cell of the
///    block of thread `owner`, whose end removes the entry, or to a heap block that the entry
///    owns.
/// 2. `boxed` says that `record` is from `Box::into_raw`. Only the entry's drop frees it, and
///    the entry is dropped only when no call is counted in it.
/// 3. Entries are accessed under the registry's lock only.
#[derive(Debug)]
struct Entry {
    /// The interface's number.
    interface: usize,
    /// The thread; `None` for a record that was made while the thread's data was being
    /// destroyed. Such a record serves one call and is freed after that.
    owner: Option<usize>,
    record: *const HoldRecord,
    /// Whether `record` is a heap block, not a cell.
    boxed: bool,
}

// SAFETY: by `Entry` invariants 1 and 3, `record` is live on any thread, and a lock orders all
// accesses through the entry. A `HoldRecord` itself consists of atomics.
unsafe impl Send for Entry {}

impl Entry {
    fn record(&self) -> &HoldRecord {
        // SAFETY: live as long as the entry, so as long as `self` is borrowed (`Entry`
        // invariant 1); records are only shared, never borrowed mutably.
        unsafe { &*self.record }
    }

    fn identity(&self) -> (Option<usize>, usize) {
        (self.owner, self.record.addr())
    }

    fn spent(&self) -> bool {
        self.owner.is_none() && self.record().in_flight() == 0
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.boxed {
            // SAFETY: from `Box::into_raw` in `Registry::add`, and freed only here, when no call
            // uses it (`Entry` invariant 2): its thread has ended, or its one call is over.
            drop(unsafe { Box::from_raw(self.record.cast_mut()) });
        }
    }
}

/// All records of all threads of this process.
pub(crate) struct Registry {
    /// The number of each interface that was called.
    numbers: Sorted<String, usize>,
    /// By the interface's number: the calls of threads that have ended.
    ended: Vec<u64>,
    entries: Vec<Entry>,
}

static OWN_REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    numbers: Sorted::new(),
    ended: Vec::new(),
    entries: Vec::new(),
});

/// This image's own registry.
pub(crate) const OWN: Home<Mutex<Registry>> = Home {
    registry: &OWN_REGISTRY,
    me: || THREAD.try_with(|thread| thread.me.get()).ok(),
};

/// The registry in use.
pub(crate) static REGISTRY: Used<Mutex<Registry>> = Used::new(OWN);

impl Registry {
    fn number(&mut self, interface: &str) -> usize {
        let Registry { numbers, ended, .. } = self;
        *numbers.get_or_insert(interface, || {
            ended.push(0);
            ended.len() - 1
        })
    }

    /// A new record, with its first call counted in.
    fn add(
        &mut self,
        interface: usize,
        owner: Option<usize>,
        cell: Option<&HoldRecord>,
    ) -> *const HoldRecord {
        let record = match cell {
            Some(cell) => std::ptr::from_ref(cell),
            None => Box::into_raw(Box::default()),
        };
        let entry = Entry {
            interface,
            owner,
            record,
            boxed: cell.is_none(),
        };
        entry.record().enter_first();
        self.entries.push(entry);
        record
    }

    fn remove(&mut self, gone: impl Fn(&Entry) -> bool) {
        let ended = &mut self.ended;
        self.entries.retain(|entry| {
            let stays = !gone(entry);
            if !stays {
                ended[entry.interface] += entry.record().calls();
                entry.record().forget();
            }
            stays
        });
    }

    fn of(&self, interfaces: &[&str]) -> impl Iterator<Item = &Entry> + use<'_> {
        let numbers: Vec<usize> = interfaces
            .iter()
            .filter_map(|name| self.numbers.get(*name).copied())
            .collect();
        self.entries
            .iter()
            .filter(move |entry| numbers.contains(&entry.interface))
    }
}

/// The running thread's part: returns its records to the registry when the thread ends.
struct ThreadRecords {
    /// The address of this value, which identifies the thread as long as it lives; 0 before the
    /// first record.
    me: Cell<usize>,
    /// Its heap blocks, by the interface's number.
    blocks: RefCell<Vec<(usize, *const HoldRecord)>>,
}

impl ThreadRecords {
    const fn new() -> Self {
        ThreadRecords {
            me: Cell::new(0),
            blocks: RefCell::new(Vec::new()),
        }
    }

    fn block(&self, interface: usize) -> Option<*const HoldRecord> {
        let blocks = self.blocks.borrow();
        let mine = blocks.iter().find(|(number, _)| *number == interface)?;
        Some(mine.1)
    }

    fn me(&self) -> usize {
        let me = std::ptr::from_ref(self) as usize;
        self.me.set(me);
        me
    }
}

impl Drop for ThreadRecords {
    fn drop(&mut self) {
        let me = self.me.get();
        if me != 0 {
            lock(&REGISTRY).remove(|entry| entry.owner == Some(me));
        }
    }
}

/// The distance of an interface's cell from the thread pointer, if it has a cell and the distance
/// is the same in every thread.
fn distance(interface: usize) -> Option<isize> {
    BLOCK.with(|block| os::distance(std::ptr::from_ref(block.get(interface)?).cast()))
}

/// The service behind [`HoldPlace::enter_first`]: counts a call in when the image knows no record
/// of this thread. The returned record fulfils `Hold` invariant 1.
///
/// Only the kernel's services name it, so only an image with a kernel has the block of cells.
pub(crate) fn enter(interface: &'static StubTable, place: &HoldPlace) -> *const HoldRecord {
    let number = place.number().unwrap_or_else(|| {
        let number = lock(&REGISTRY).number(interface.counted_as());
        place.set(number, distance(number));
        number
    });
    let cell = BLOCK.with(|block| block.get(number).map(std::ptr::from_ref));
    enter_in(number, cell)
}

/// Like [`enter`], without a kernel: the record is a heap block, and the place stays unknown until
/// there is one.
pub(crate) fn enter_unbooted(interface: &'static StubTable, _: &HoldPlace) -> *const HoldRecord {
    let number = lock(&REGISTRY).number(interface.counted_as());
    enter_in(number, None)
}

/// `cell` is the interface's cell in the running thread's block, if it has one.
fn enter_in(number: usize, cell: Option<*const HoldRecord>) -> *const HoldRecord {
    let record = THREAD.try_with(|thread| {
        let known = cell.or_else(|| thread.block(number));
        // SAFETY: a cell of this thread's block, or a heap block of this thread, whose entry the
        // end of the thread removes (`Entry` invariants 1 and 2). The reference stays on this
        // thread.
        let known = known.map(|record| unsafe { &*record });
        if let Some(record) = known
            && record.enter()
        {
            return std::ptr::from_ref(record);
        }
        let mut registry = lock(&REGISTRY);
        // Again: a signal handler may have called in between.
        if let Some(record) = known
            && record.enter()
        {
            return std::ptr::from_ref(record);
        }
        let record = registry.add(number, Some(thread.me()), known);
        drop(registry);
        if known.is_none() {
            thread.blocks.borrow_mut().push((number, record));
        }
        record
    });
    record.unwrap_or_else(|_| {
        let mut registry = lock(&REGISTRY);
        registry.remove(Entry::spent);
        registry.add(number, None, None)
    })
}

/// A call that waits in the kernel, outside its module.
///
/// # Invariants
/// 1. `record` is the running thread's own, and its entry stays in the registry until the thread
///    ends.
pub(crate) struct Outside {
    record: *const HoldRecord,
}

/// Counts the calling thread's innermost call of `interface` out until the result is dropped:
/// the call has not entered the module yet, and waits for the module's unload. Only for a call
/// that took a hold; otherwise an outer call would be counted out. Returns `None` if no call of
/// the thread holds the interface.
pub(crate) fn step_outside(interface: &StubTable) -> Option<Outside> {
    let me = REGISTRY.me()?;
    let registry = lock(&REGISTRY);
    let entry = registry
        .of(&[interface.counted_as()])
        .find(|entry| entry.owner == Some(me) && entry.record().in_flight() > 0)?;
    entry.record().leave();
    Some(Outside {
        record: entry.record,
    })
}

impl Drop for Outside {
    fn drop(&mut self) {
        // SAFETY: it lives until this thread ends (`Outside` invariant 1), and `Outside` is not
        // `Send`.
        let record = unsafe { &*self.record };
        record.enter_again();
    }
}

/// How many calls of these interfaces are in flight. Valid only after their slots have been
/// unbound in every image and `os::heavy_barrier` has returned `true`.
pub(crate) fn in_flight(interfaces: &[&str]) -> u64 {
    lock(&REGISTRY)
        .of(interfaces)
        .map(|entry| entry.record().in_flight())
        .sum()
}

/// About how many calls of these interfaces are in flight, for display only.
pub(crate) fn in_flight_about(interfaces: &[&str]) -> u64 {
    lock(&REGISTRY)
        .of(interfaces)
        .map(|entry| entry.record().in_flight_about())
        .sum()
}

/// Whether the calling thread is in a call of one of these interfaces.
pub(crate) fn inside(interfaces: &[&str]) -> bool {
    // A thread whose data is being destroyed has no records of its own any more.
    let Some(me) = REGISTRY.me() else {
        return false;
    };
    lock(&REGISTRY)
        .of(interfaces)
        .any(|entry| entry.owner == Some(me) && entry.record().in_flight() > 0)
}

/// The records that had a call in flight when the slots were moved elsewhere, by thread and
/// address.
#[derive(Debug)]
pub(crate) struct Draining(Vec<(Option<usize>, usize)>);

/// The calls of these interfaces that are in flight. Valid only after their slots have been moved
/// in every image and `os::heavy_barrier` has returned `true`.
pub(crate) fn draining(interfaces: &[&str]) -> Draining {
    let registry = lock(&REGISTRY);
    let in_flight = registry
        .of(interfaces)
        .filter(|entry| entry.record().in_flight() > 0)
        .map(Entry::identity);
    Draining(in_flight.collect())
}

impl Draining {
    /// Whether each of these threads has been outside such a call at some moment since then. If
    /// so, it can't get to where the slots pointed before: its next entry is after the barrier.
    pub(crate) fn is_drained(&mut self) -> bool {
        let registry = lock(&REGISTRY);
        // A record that is gone has no call: its thread has ended. If another record has its
        // address by now, this waits for that one too, which is unnecessary but correct.
        self.0.retain(|known| {
            let mut entries = registry.entries.iter();
            entries.any(|entry| entry.identity() == *known && entry.record().in_flight() > 0)
        });
        self.0.is_empty()
    }
}

/// How many calls of the interface have begun since the program started, for display only.
pub(crate) fn calls(interface: &str) -> u64 {
    sum(interface, HoldRecord::calls)
}

/// Like [`calls`], without the calls in flight.
pub(crate) fn ended(interface: &str) -> u64 {
    sum(interface, HoldRecord::ended)
}

fn sum(interface: &str, of_one: impl Fn(&HoldRecord) -> u64) -> u64 {
    let registry = lock(&REGISTRY);
    let number = registry.numbers.get(interface);
    let of_ended_threads = number.map_or(0, |number| registry.ended[*number]);
    let running = registry.of(&[interface]);
    of_ended_threads + running.map(|entry| of_one(entry.record())).sum::<u64>()
}

#[cfg(test)]
mod tests;
