//! The registry of hold records. A thread's records are in pages of `PAGE` interfaces. The first
//! `CELLS` interfaces that are called have cells in every thread's own block; later ones have a
//! page on the heap of each thread that calls one of them. A thread finds the first `LATER_PAGES` of
//! these by itself, and more of them in the registry.
//!
//! All of this belongs to the host. A module's own copy of the runtime serves only calls that
//! constructors make before its image is attached, and has no block.

use std::cell::{Cell, RefCell};
use std::ptr::{self, NonNull};

use crate::call::hold::{HoldPlace, HoldRecord, PAGE};
use crate::call::hold_home::{Home, Used};
use crate::call::hold_page::{self, Owner, Page, Records, place};
use crate::call::table::StubTable;
use crate::os;
use crate::primitive::{AtomicPtr, Mutex, Relaxed, Release, lock};
use crate::sorted::Sorted;

/// How many interfaces have cells: 4 kB in each thread.
const CELLS: usize = 256;

/// How many pages on the heap a thread finds by itself: 512 bytes in each thread.
const LATER_PAGES: usize = 64;

thread_local! {
    // These two have no destructor, so they stay valid until the thread's end.
    static BLOCK: [Records; CELLS / PAGE] =
        const { [const { [const { HoldRecord::new() }; PAGE] }; CELLS / PAGE] };

    /// Each null, or the first record of a page that the thread has in the registry.
    static LATER: [AtomicPtr<HoldRecord>; LATER_PAGES] =
        const { [const { AtomicPtr::new(ptr::null_mut()) }; LATER_PAGES] };

    static THREAD: ThreadRecords = const { ThreadRecords::new() };
}

/// All records of all threads of this process.
pub struct Registry {
    /// The number of each interface that was called.
    numbers: Sorted<String, usize>,
    /// By the interface's number: the calls of threads that have ended.
    ended: Vec<u64>,
    /// By the page's number: that page of each owner who has it, sorted by owner. So the order of the
    /// pages is that of the threads' first calls, whatever the addresses are.
    pages: Vec<Vec<Page>>,
    /// The records of calls without a kernel, each in the first place of a page of its own. One whose call is
    /// over serves the next such call of the interface. They are not sorted in, so that an image, which
    /// has no other records of its own, does not contain the code for that.
    early: Vec<Early>,
    /// How many owners there have been.
    owners: u64,
}

/// A record of an interface, and how the interface is counted.
type Early = (&'static str, Page);

/// In place of an interface's number in [`Draining`]: the record is one of `Registry::early`.
const EARLY: usize = usize::MAX;

/// This image's own, in which its copy of the runtime counts calls.
static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    numbers: Sorted::new(),
    ended: Vec::new(),
    pages: Vec::new(),
    early: Vec::new(),
    owners: 0,
});

/// Where that is.
pub const OWN: Home<Mutex<Registry>> = Home {
    registry: &REGISTRY,
    me: || THREAD.try_with(|thread| thread.owner.get()).ok().flatten(),
};

/// The registry that the kernel asks. No code that counts calls names it, so a module's image, which has
/// no kernel, has no data of threads for it.
pub static USED: Used<Mutex<Registry>> = Used::new(OWN);

impl Registry {
    fn number(&mut self, interface: &str) -> usize {
        let Registry {
            numbers,
            ended,
            pages,
            ..
        } = self;
        *numbers.get_or_insert(interface, || {
            ended.push(0);
            if ended.len() > pages.len() * PAGE {
                pages.push(Vec::new());
            }
            ended.len() - 1
        })
    }

    fn new_owner(&mut self) -> Owner {
        self.owners += 1;
        Owner::new(self.owners).expect("more than 0")
    }

    /// The numbers of those of these interfaces that were called.
    fn numbers(&self, interfaces: &[&str]) -> impl Iterator<Item = usize> {
        let known = interfaces.iter().map(|name| self.numbers.get(*name));
        known.flatten().copied()
    }

    /// The records of an interface that are in use, with their owners.
    fn records(&self, interface: usize) -> impl Iterator<Item = (Owner, &HoldRecord)> {
        let (page, at) = place(interface);
        let pages = self.pages[page].iter();
        pages.filter_map(move |page| Some((page.owner, page.record(at)?)))
    }

    /// The records of several interfaces.
    fn of(&self, interfaces: &[&str]) -> impl Iterator<Item = &HoldRecord> {
        let records = self.numbers(interfaces).flat_map(|one| self.records(one));
        let early = self.early_of(interfaces).filter_map(|page| page.record(0));
        records.map(|(_, record)| record).chain(early)
    }

    /// The pages of these interfaces' calls without a kernel.
    fn early_of(&self, interfaces: &[&str]) -> impl Iterator<Item = &Page> {
        let early = self.early.iter();
        let early = early.filter(|(interface, _)| interfaces.contains(interface));
        early.map(|(_, page)| page)
    }

    /// A thread's record of an interface in which calls are in flight.
    fn inside(&self, interface: usize, owner: Owner) -> Option<&HoldRecord> {
        let (page, at) = place(interface);
        let pages = &self.pages[page];
        let record = pages[Page::search(pages, owner).ok()?].record(at)?;
        (record.in_flight() > 0).then_some(record)
    }

    /// What identifies the records of an interface that have a call in flight: see [`Draining`].
    fn busy(&self, interface: usize) -> impl Iterator<Item = (usize, Owner)> {
        let busy = self.records(interface);
        let busy = busy.filter(|(_, record)| record.in_flight() > 0);
        busy.map(move |(owner, _)| (interface, owner))
    }

    /// Whether a record that [`Draining`] knows has a call in flight.
    fn is_busy(&self, known: (usize, Owner)) -> bool {
        match known {
            (EARLY, owner) => {
                let mut early = self.early.iter();
                early.any(|(_, page)| page.owner == owner && !page.is_spent())
            }
            (interface, _) => self.busy(interface).any(|one| one == known),
        }
    }

    /// A new record for one call, with that call counted in.
    fn enter_once(&mut self, interface: usize) -> *const HoldRecord {
        let (page, at) = place(interface);
        while let Some(index) = self.pages[page].iter().position(Page::is_spent) {
            self.remove(page, index);
        }
        let owner = self.new_owner();
        let mut new = Page::on_heap(owner, true);
        let record = new.enter_first(at);
        self.pages[page].push(new);
        record
    }

    /// Removes the page of a thread that ends.
    fn remove_of(&mut self, page: usize, owner: Owner) {
        if let Ok(index) = Page::search(&self.pages[page], owner) {
            self.remove(page, index);
        }
    }

    fn remove(&mut self, page: usize, index: usize) {
        let gone = self.pages[page].remove(index);
        for (at, record) in gone.records() {
            self.ended[page * PAGE + at] += record.calls();
            record.forget();
        }
    }
}

/// The running thread's part: returns its records to the registry when the thread ends.
struct ThreadRecords {
    /// `None` before the first record.
    owner: Cell<Option<Owner>>,
    /// The numbers of the pages that it has in the registry.
    /// (`u32`, since rustc takes the growth of a `Vec<usize>` from `dlkm-metadata`: see `instances.rs`.)
    pages: RefCell<Vec<u32>>,
}

impl ThreadRecords {
    const fn new() -> Self {
        ThreadRecords {
            owner: Cell::new(None),
            pages: RefCell::new(Vec::new()),
        }
    }

    /// Counts a call in, usually the thread's first of an interface.
    #[inline]
    fn enter(&self, interface: usize, registry: &mut Registry) -> *const HoldRecord {
        let (number, at) = place(interface);
        let known = self.owner.get();
        let owner = known.unwrap_or_else(|| registry.new_owner());
        self.owner.set(Some(owner));
        let pages = &mut registry.pages[number];
        let index = Page::search(pages, owner).unwrap_or_else(|index| {
            pages.insert(index, self.new_page(number, owner));
            index
        });
        // Another image may have made the first call, or a signal handler just now.
        match pages[index].record(at) {
            Some(record) if record.enter() => record,
            _ => pages[index].enter_first(at),
        }
    }

    #[inline]
    fn new_page(&self, number: usize, owner: Owner) -> Page {
        self.pages.borrow_mut().push(number as u32);
        let own = BLOCK.with(|block| block.get(number).map(NonNull::from));
        if let Some(records) = own {
            // SAFETY: `end`, which runs before the thread ends, removes all pages in `self.pages`.
            return unsafe { Page::in_block(owner, records) };
        }
        let page = Page::on_heap(owner, false);
        set_later(number, page.start());
        page
    }

    /// Returns the records to the registry, which frees the heap blocks.
    #[inline]
    fn end(&self) {
        let pages = self.pages.take();
        for number in &pages {
            set_later(*number as usize, ptr::null_mut());
        }
        if let Some(owner) = self.owner.get() {
            let mut registry = lock(&REGISTRY);
            for number in pages {
                registry.remove_of(number as usize, owner);
            }
        }
    }
}

impl Drop for ThreadRecords {
    #[inline]
    fn drop(&mut self) {
        self.end();
    }
}

/// Sets where the running thread finds one of its pages on the heap.
fn set_later(number: usize, first: *mut HoldRecord) {
    LATER.with(|later| {
        let index = number.checked_sub(CELLS / PAGE);
        if let Some(cell) = index.and_then(|index| later.get(index)) {
            // Release: a signal handler of this thread that sees the page sees its records.
            cell.store(first, Release);
        }
    });
}

/// The running thread's record, if the thread finds it by itself.
fn own_record(interface: usize) -> Option<*const HoldRecord> {
    let (page, at) = place(interface);
    let Some(later) = page.checked_sub(CELLS / PAGE) else {
        return BLOCK.with(|block| Some(ptr::from_ref(&block[page][at])));
    };
    // Relaxed: only this thread stores to it.
    let first = LATER.with(|all| Some(all.get(later)?.load(Relaxed)))?;
    // SAFETY: not null, so the first record of a page of this thread, which has `PAGE` records.
    (!first.is_null()).then(|| unsafe { first.add(at) }.cast_const())
}

/// Counts a call in, if the running thread's record is in use.
#[inline]
fn enter_known(interface: usize) -> Option<*const HoldRecord> {
    let record = own_record(interface)?;
    // SAFETY: the running thread's own (`own_record`), which does not end here.
    unsafe { &*record }.enter().then_some(record)
}

/// Makes the place of an interface known to an image: the distance of its cell from the thread pointer,
/// or of the cell that leads to its page, if that is the same in every thread.
fn set_place(place: &HoldPlace, interface: usize) {
    let (page, at) = hold_page::place(interface);
    let cell = BLOCK.with(|block| os::distance(ptr::from_ref(&block.get(page)?[at]).cast()));
    let later = LATER.with(|all| {
        let cell = all.get(page.checked_sub(CELLS / PAGE)?)?;
        os::distance(ptr::from_ref(cell).cast())
    });
    place.set(interface, cell, later);
}

/// The service behind [`HoldPlace::enter_first`]: counts a call in when the image knows no record
/// of this thread. The returned record fulfils `Hold` invariant 1.
///
/// Only the kernel's services name it, so only an image with a kernel has the block of cells.
#[inline]
pub fn enter(interface: &'static StubTable, place: &HoldPlace) -> *const HoldRecord {
    let known = place.number().and_then(enter_known);
    known.unwrap_or_else(|| enter_unknown(interface, place))
}

/// A thread's first call of an interface.
#[cold]
#[inline]
fn enter_unknown(interface: &'static StubTable, place: &HoldPlace) -> *const HoldRecord {
    let number = place.number().unwrap_or_else(|| {
        let number = lock(&REGISTRY).number(interface.counted_as());
        set_place(place, number);
        number
    });
    let record = THREAD.try_with(|thread| {
        let mut registry = lock(&REGISTRY);
        thread.enter(number, &mut registry)
    });
    record.unwrap_or_else(|_| lock(&REGISTRY).enter_once(number))
}

/// Like [`enter`], without a kernel: the place stays unknown until there is one. Each image contains this,
/// for calls of its constructors.
pub(crate) fn enter_unbooted(interface: &'static StubTable, _: &HoldPlace) -> *const HoldRecord {
    let interface = interface.counted_as();
    let mut registry = lock(&REGISTRY);
    let mut early = registry.early.iter();
    let spent = early.find(|(known, page)| *known == interface && page.is_spent());
    // It belongs to this thread from now on: the one of its last call has counted that call out.
    if let Some(record) = spent
        .and_then(|(_, page)| page.record(0))
        .filter(|record| record.enter())
    {
        return record;
    }
    let mut page = Page::on_heap(registry.new_owner(), true);
    let record = page.enter_first(0);
    registry.early.push((interface, page));
    record
}

/// A call that waits in the kernel, outside its module.
///
/// # Invariants
/// 1. `record` is the running thread's own, and its page stays in the registry until the thread
///    ends.
pub struct Outside {
    record: *const HoldRecord,
}

/// Counts the calling thread's innermost call of `interface` out until the result is dropped:
/// the call has not entered the module yet, and waits for the module's unload. Only for a call
/// that took a hold; otherwise an outer call would be counted out. Returns `None` if no call of
/// the thread holds the interface.
#[inline]
pub fn step_outside(interface: &StubTable) -> Option<Outside> {
    let me = USED.me()?;
    let registry = lock(&USED);
    let number = registry.numbers.get(interface.counted_as())?;
    let record = registry.inside(*number, me)?;
    record.leave();
    Some(Outside { record })
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
#[inline]
pub fn in_flight(interfaces: &[&str]) -> u64 {
    let registry = lock(&USED);
    registry.of(interfaces).map(HoldRecord::in_flight).sum()
}

/// Whether the calling thread is in a call of one of these interfaces.
#[inline]
pub fn inside(interfaces: &[&str]) -> bool {
    let Some(me) = USED.me() else {
        return false;
    };
    let registry = lock(&USED);
    let mut numbers = registry.numbers(interfaces);
    numbers.any(|number| registry.inside(number, me).is_some())
}

/// The records that had a call in flight when the slots were moved elsewhere: the interface's number,
/// and the owner.
#[derive(Debug)]
pub struct Draining(Vec<(usize, Owner)>);

/// The calls of these interfaces that are in flight. Valid only after their slots have been moved
/// in every image and `os::heavy_barrier` has returned `true`.
#[inline]
pub fn draining(interfaces: &[&str]) -> Draining {
    let registry = lock(&USED);
    let numbers = registry.numbers(interfaces);
    let busy = numbers.flat_map(|one| registry.busy(one));
    let early = registry
        .early_of(interfaces)
        .filter(|page| !page.is_spent());
    Draining(busy.chain(early.map(|page| (EARLY, page.owner))).collect())
}

impl Draining {
    /// Whether each of these threads has been outside such a call at some moment since then. If
    /// so, it can't get to where the slots pointed before: its next entry is after the barrier.
    #[inline]
    pub fn is_drained(&mut self) -> bool {
        let registry = lock(&USED);
        // A record that is gone has no call: its thread has ended, or its one call.
        self.0.retain(|known| registry.is_busy(*known));
        self.0.is_empty()
    }
}

/// Numbers of calls, for display only.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers {
    /// How many have begun since the program started.
    pub calls: u64,
    /// About how many are in flight.
    pub in_flight: u64,
}

impl Numbers {
    fn add(&mut self, record: &HoldRecord) {
        self.calls += record.calls();
        self.in_flight += record.in_flight_about();
    }
}

/// The numbers of these interfaces' calls.
#[inline]
pub fn numbers(interfaces: &[&str]) -> Numbers {
    let registry = lock(&USED);
    let mut sum = Numbers::default();
    for number in registry.numbers(interfaces) {
        sum.calls += registry.ended[number];
    }
    registry.of(interfaces).for_each(|record| sum.add(record));
    sum
}

/// The numbers of the calls of each interface.
#[derive(Debug)]
pub struct AllNumbers(Vec<Numbers>);

impl AllNumbers {
    /// Reads the records of one thread after those of another, in the order that they have in memory:
    /// with many threads, most are in no cache.
    #[inline]
    pub fn now() -> Self {
        let registry = lock(&USED);
        let ended = registry.ended.iter().map(|calls| Numbers {
            calls: *calls,
            in_flight: 0,
        });
        let mut all: Vec<Numbers> = ended.collect();
        for (pages, all) in registry.pages.iter().zip(all.chunks_mut(PAGE)) {
            for (at, record) in pages.iter().flat_map(Page::records) {
                all[at].add(record);
            }
        }
        AllNumbers(all)
    }

    /// The sum of these interfaces.
    #[inline]
    pub fn of(&self, interfaces: &[&str]) -> Numbers {
        let registry = lock(&USED);
        // An interface that was called later has none here.
        let known = registry.numbers(interfaces);
        let known = known.filter_map(|number| self.0.get(number));
        let mut sum = known.fold(Numbers::default(), |sum, one| Numbers {
            calls: sum.calls + one.calls,
            in_flight: sum.in_flight + one.in_flight,
        });
        let early = registry.early_of(interfaces);
        early
            .flat_map(Page::records)
            .for_each(|(_, record)| sum.add(record));
        sum
    }
}

/// How many calls of the interface have ended since the program started, for display only.
#[inline]
pub fn ended(interface: &str) -> u64 {
    let registry = lock(&USED);
    let interfaces = [interface];
    let of_ended_threads = registry.numbers(&interfaces).map(|one| registry.ended[one]);
    let running = registry.of(&interfaces).map(HoldRecord::ended);
    of_ended_threads.sum::<u64>() + running.sum::<u64>()
}

#[cfg(test)]
mod growth;
#[cfg(test)]
mod tests;
