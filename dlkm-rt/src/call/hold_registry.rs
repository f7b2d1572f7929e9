//! Who has hold records: the first [`CELLS`] interfaces that are called have a cell each in
//! every thread's own block, further ones a heap block for each thread that calls.
//!
//! All this is the host's. A module's own copy of the runtime serves only calls made before
//! its image was attached, from constructors.

use std::cell::{Cell, RefCell};

use crate::call::hold::{HoldPlace, HoldRecord};
use crate::call::table::StubTable;
use crate::os;
use crate::primitive::{Mutex, lock};
use crate::sorted::Sorted;

/// 4 kB a thread.
const CELLS: usize = 256;

thread_local! {
    // Without a destructor: it lies in the thread's block as it is, until the thread's end.
    static BLOCK: [HoldRecord; CELLS] = const { [const { HoldRecord::new() }; CELLS] };

    static THREAD: ThreadRecords = const { ThreadRecords::new() };
}

/// A record that somebody counts in.
#[derive(Debug)]
struct Entry {
    /// The interface's number.
    interface: usize,
    /// The thread, or `None` for a record made while its thread's data was being destroyed:
    /// it serves one call and is freed after that.
    owner: Option<usize>,
    record: *const HoldRecord,
    /// Whether `record` is from `Box::into_raw`, and not a cell.
    boxed: bool,
}

// SAFETY: `record` is read under the registry's lock alone, and lives as long as the entry: a
// thread's end removes the entries of its cells, and only entries free blocks.
unsafe impl Send for Entry {}

impl Entry {
    fn record(&self) -> &HoldRecord {
        // SAFETY: as above.
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
            // SAFETY: from `Box::into_raw` in `Registry::add`, and freed here alone. No call
            // counts in it any more: its thread has ended, or its one call is over.
            drop(unsafe { Box::from_raw(self.record.cast_mut()) });
        }
    }
}

/// All records of this process's threads.
struct Registry {
    /// The number of each interface that was called.
    numbers: Sorted<String, usize>,
    /// By number: the calls of threads that have ended.
    ended: Vec<u64>,
    entries: Vec<Entry>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    numbers: Sorted::new(),
    ended: Vec::new(),
    entries: Vec::new(),
});

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

/// The running thread's share: gives its records back when it ends.
struct ThreadRecords {
    /// The address of this, which names the thread for as long as it lives; 0 before the
    /// first record.
    me: Cell<usize>,
    /// Its blocks, by interface.
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

/// How far the cell of an interface is from the thread pointer, in every thread.
fn distance(interface: usize) -> Option<isize> {
    BLOCK.with(|block| os::distance(std::ptr::from_ref(block.get(interface)?).cast()))
}

/// The service behind [`HoldPlace::enter_first`]: counts a call in for which the image does not know
/// a record of this thread.
pub(crate) fn enter(interface: &'static StubTable, place: &HoldPlace) -> *const HoldRecord {
    let number = place.number().unwrap_or_else(|| {
        let number = lock(&REGISTRY).number(interface.declaration.name);
        place.set(number, distance(number));
        number
    });
    let record = THREAD.try_with(|thread| {
        let cell = BLOCK.with(|block| block.get(number).map(std::ptr::from_ref));
        let known = cell.or_else(|| thread.block(number));
        // SAFETY: a cell of this thread's block, or a block of the thread's, which is not freed
        // before the thread's end.
        let known = known.map(|record| unsafe { &*record });
        if let Some(record) = known
            && record.enter()
        {
            return std::ptr::from_ref(record);
        }
        let record = lock(&REGISTRY).add(number, Some(thread.me()), known);
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

/// A call that waits in the kernel, outside of its module.
pub(crate) struct Outside {
    record: *const HoldRecord,
}

/// Lets the calling thread's innermost call of `interface` count as over, until the result is
/// dropped: it has not entered the module yet, and it is to wait for the module's unload. Only
/// for a call that took a hold; else an outer call would count as over.
/// `None` if the call takes no hold.
pub(crate) fn step_outside(interface: &StubTable) -> Option<Outside> {
    let me = THREAD.try_with(|thread| thread.me.get()).ok()?;
    let registry = lock(&REGISTRY);
    let entry = registry
        .of(&[interface.declaration.name])
        .find(|entry| entry.owner == Some(me) && entry.record().in_flight() > 0)?;
    entry.record().leave();
    Some(Outside {
        record: entry.record,
    })
}

impl Drop for Outside {
    fn drop(&mut self) {
        // SAFETY: the thread's own record, which lives until the thread ends.
        let record = unsafe { &*self.record };
        record.enter_again();
    }
}

/// How many calls of these interfaces are in flight. Only after their slots were unbound in
/// every image and a heavy barrier.
pub(crate) fn in_flight(interfaces: &[&str]) -> u64 {
    lock(&REGISTRY)
        .of(interfaces)
        .map(|entry| entry.record().in_flight())
        .sum()
}

/// About how many calls of these interfaces are in flight: a number to show.
pub(crate) fn in_flight_about(interfaces: &[&str]) -> u64 {
    lock(&REGISTRY)
        .of(interfaces)
        .map(|entry| entry.record().in_flight_about())
        .sum()
}

/// Whether the calling thread is in a call of one of these interfaces.
pub(crate) fn inside(interfaces: &[&str]) -> bool {
    // A thread whose data is being destroyed has no records of its own left.
    let Ok(me) = THREAD.try_with(|thread| thread.me.get()) else {
        return false;
    };
    lock(&REGISTRY)
        .of(interfaces)
        .any(|entry| entry.owner == Some(me) && entry.record().in_flight() > 0)
}

/// The records that counted a call in flight when the slots had been moved elsewhere, by thread
/// and address.
#[derive(Debug)]
pub(crate) struct Draining(Vec<(Option<usize>, usize)>);

/// The calls of these interfaces that are in flight. Only after their slots were moved in every
/// image and a heavy barrier.
pub(crate) fn draining(interfaces: &[&str]) -> Draining {
    let registry = lock(&REGISTRY);
    let in_flight = registry
        .of(interfaces)
        .filter(|entry| entry.record().in_flight() > 0)
        .map(Entry::identity);
    Draining(in_flight.collect())
}

impl Draining {
    /// Whether each of these threads has been in no such call at one time since. Then it can't
    /// come back to where the slots led before: its next entry is after the barrier.
    pub(crate) fn is_drained(&mut self) -> bool {
        let registry = lock(&REGISTRY);
        // A record that is gone has no call: its thread has ended. Where another one has its
        // place by now, this waits for that too, which is needless but right.
        self.0.retain(|known| {
            let mut entries = registry.entries.iter();
            entries.any(|entry| entry.identity() == *known && entry.record().in_flight() > 0)
        });
        self.0.is_empty()
    }
}

/// How many calls of the interface there were since the program began: a number to show.
pub(crate) fn calls(interface: &str) -> u64 {
    sum(interface, HoldRecord::calls)
}

/// As [`calls`], without those that go on.
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
mod tests {
    use super::*;
    use crate::call::hold::Hold;
    use dlkm_metadata::write::Declaration;
    use dlkm_metadata::{Abi, Class};

    /// An interface that one image calls.
    fn interface(name: &'static str) -> &'static StubTable {
        Box::leak(Box::new(StubTable {
            declaration: Declaration {
                name,
                class: Class::Unloadable,
                abi: Abi::Rust,
                version: "0.1.0",
                functions: &[],
            },
            types: &[],
            hold: Box::leak(Box::new(HoldPlace::new())),
            stubs: &[],
        }))
    }

    fn enter(interface: &'static StubTable) -> Hold {
        let known = interface.hold.enter();
        known.unwrap_or_else(|| interface.hold.enter_first(interface))
    }

    fn entries(name: &str) -> usize {
        lock(&REGISTRY).of(&[name]).count()
    }

    #[test]
    fn a_call_in_flight_shows_and_a_thread_takes_its_record_along() {
        let table = interface("records-one");
        let name = "records-one";
        std::thread::spawn(move || {
            let one = enter(table);
            assert_eq!((calls(name), ended(name)), (1, 0));
            assert_eq!(in_flight(&["other", name]), 1);
            assert_eq!(in_flight(&["other"]), 0);
            let two = enter(table);
            assert_eq!(in_flight(&[name]), 2);
            drop(one);
            assert_eq!(in_flight(&[name]), 1);
            drop(two);
            assert_eq!(in_flight(&[name]), 0);
            // The interface's stubs in another image.
            let other = interface("records-one");
            drop(enter(other));
            assert_eq!(entries(name), 1, "one record a thread, whoever calls");
            let _inside = enter(other);
            let outside = step_outside(table);
            assert_eq!(in_flight(&[name]), 0);
            drop(outside);
            assert_eq!(in_flight(&[name]), 1);
        })
        .join()
        .unwrap();
        assert_eq!(entries(name), 0);
        assert_eq!((calls(name), ended(name)), (5, 5));
    }

    #[test]
    fn interfaces_without_a_cell_are_counted_as_well() {
        let mut all = Vec::new();
        for number in 0..CELLS + 3 {
            let name: &'static str = format!("records-many-{number}").leak();
            all.push(interface(name));
        }
        let count = |all: &[&'static StubTable]| {
            for (i, table) in all.iter().enumerate() {
                let name = table.declaration.name;
                let held = (enter(table), enter(table));
                assert_eq!(in_flight(&[name]), 2, "{i}");
                drop(held);
                assert_eq!(in_flight(&[name]), 0, "{i}");
                assert_eq!(entries(name), 1, "{i}");
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| count(&all));
        });
        let of_ended = all.iter().map(|table| calls(table.declaration.name));
        assert!(of_ended.eq(all.iter().map(|_| 2)));
        let without = all.iter().filter(|table| table.hold.distance() == 0);
        assert!(without.count() >= 3);
    }

    #[test]
    fn a_call_from_a_destructor_of_thread_local_data_is_counted() {
        struct Calls(&'static StubTable);
        impl Drop for Calls {
            fn drop(&mut self) {
                let held = enter(self.0);
                assert_eq!(in_flight(&[self.0.declaration.name]), 1);
                drop(held);
                assert_eq!(in_flight(&[self.0.declaration.name]), 0);
            }
        }
        thread_local!(static LAST: RefCell<Option<Calls>> = const { RefCell::new(None) });
        let table = interface("records-last");
        std::thread::spawn(move || {
            // Destroyed after `THREAD`, which is first used later.
            LAST.set(Some(Calls(table)));
            drop(enter(table));
        })
        .join()
        .unwrap();
        // The next call frees the block.
        drop(std::thread::spawn(move || drop(enter(table))).join());
        assert!(entries("records-last") <= 1);
    }

    #[test]
    fn calls_drain_one_by_one_and_for_good() {
        let table = interface("records-pending");
        let names = ["records-pending"];
        std::thread::spawn(move || {
            assert!(draining(&names).is_drained(), "nobody was in it");
            let outer = enter(table);
            let mut before = draining(&names);
            assert!(inside(&names) && !inside(&["records-other"]));
            drop(enter(table));
            assert!(!before.is_drained(), "calls within it don't end it");
            let mut others = std::thread::scope(|scope| {
                let other = scope.spawn(move || {
                    assert!(!inside(&names), "another thread is");
                    let call = enter(table);
                    let draining = draining(&names);
                    // The record goes with the thread.
                    std::mem::forget(call);
                    draining
                });
                other.join().unwrap()
            });
            assert!(!others.is_drained(), "the outer call of this thread");
            drop(outer);
            assert!(before.is_drained() && others.is_drained());
            let _next = enter(table);
            assert!(
                before.is_drained() && others.is_drained(),
                "a later call is no matter"
            );
        })
        .join()
        .unwrap();
    }
}
