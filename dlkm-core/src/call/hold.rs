//! Holds: they keep a module loaded while a call is in it, without a shared write.
//!
//! Each thread has a [`HoldRecord`] for each unloadable interface that it calls, written by
//! that thread alone. A call counts its entry, then loads the slot; the unloader unbinds
//! the slots, makes every thread pass a barrier, then compares entries with exits.
//! Either it sees the entry, or the caller's load came after the barrier and sees the
//! slot unbound. (Linux's `percpu-refcount` and userspace RCU make the same trade.)
//!
//! A call finds its thread's record by one addition: records are cells of the host's own
//! thread-local block, which has the same distance from the thread pointer in all threads. An
//! image learns that distance when it makes its first call: see [`HoldPlace`]. The module
//! [`crate::call::hold_registry`] makes records and reads them.

use std::ptr::NonNull;

use crate::os;
use crate::primitive::{Acquire, Relaxed, Release, add_one};
use crate::primitive::{AtomicIsize, AtomicPtr, AtomicU64, AtomicUsize};

/// How often one thread entered and left the functions of one interface, in this order. Both counts
/// have `KNOWN` set as well, while the registry knows the record as one in use.
///
/// A signal handler of the thread may count calls too, between any two instructions. So each count
/// goes up by one instruction (`add_one`), and whatever the handler counts in, it counts out before
/// it returns.
///
/// # Invariants
/// 1. `ENTERED` is 0 while the registry does not know the record, except inside `Page::enter_first`;
///    while it does, both counts are negative as signed numbers.
/// 2. As long as a call may be counted in it, only the thread it belongs to stores to it.
#[derive(Debug, Default)]
pub struct HoldRecord([AtomicU64; 2]);

const ENTERED: usize = 0;
const EXITED: usize = 1;

/// The sign bit. A call tests it, and not for zero: where no record is known, [`HoldPlace::enter`] reads
/// the thread's own pointer in its place, and an address is positive.
const KNOWN: u64 = 1 << 63;

impl HoldRecord {
    pub const fn new() -> Self {
        HoldRecord([AtomicU64::new(0), AtomicU64::new(0)])
    }

    /// Counts a call in, by the record's own thread. Returns `false`, and counts nothing, if the
    /// registry does not know the record yet.
    #[inline(always)]
    pub(crate) fn enter(&self) -> bool {
        // Not a read-modify-write: no other thread writes here (invariant 2). Relaxed: the
        // `os::light_barrier` below and the unloader's `os::heavy_barrier` order the entry
        // before the load in `Slot::code`.
        if self.0[ENTERED].load(Relaxed).cast_signed() >= 0 {
            return false;
        }
        add_one::<ENTERED, 2>(&self.0, Relaxed);
        os::light_barrier();
        true
    }

    /// Counts the first call of a record in, under the registry's lock.
    pub(crate) fn enter_first(&self) {
        // Relaxed, and no barrier: `Page::enter_first` publishes the record under the registry's
        // lock. An unloader that took the lock earlier had unbound the slots before that.
        self.0[EXITED].store(KNOWN, Relaxed);
        self.0[ENTERED].store(KNOWN + 1, Relaxed);
    }

    /// Counts a call out, by the record's own thread.
    #[inline(always)]
    pub(crate) fn leave(&self) {
        // Release: pairs with the Acquire in `in_flight`.
        add_one::<EXITED, 2>(&self.0, Release);
    }

    /// Counts a call in again after it was counted out to wait for an unload.
    pub(crate) fn enter_again(&self) {
        // Relaxed, and no barrier: the call next asks the kernel, under the lock that an unload
        // takes.
        add_one::<ENTERED, 2>(&self.0, Relaxed);
    }

    /// How many calls are in flight. Valid only after the slots have been unbound and
    /// `os::heavy_barrier` has returned `true`.
    pub(crate) fn in_flight(&self) -> u64 {
        // Exits first: in the other order, a call that began and ended in between would hide
        // one that is still in flight. Acquire: pairs with the Release in `leave`, so that
        // everything the call did happens before the unload.
        let exited = self.0[EXITED].load(Acquire);
        // Relaxed: the unloader's barrier has made every entry before it visible.
        self.0[ENTERED].load(Relaxed).wrapping_sub(exited)
    }

    /// How many calls are in flight, for display only. Never more than were in flight at some
    /// moment while this runs; fewer if calls end too fast to be counted.
    pub(crate) fn in_flight_about(&self) -> u64 {
        // Relaxed: the number is for display only.
        let mut exited = self.0[EXITED].load(Relaxed);
        let mut entered = self.0[ENTERED].load(Relaxed);
        for _ in 0..4 {
            let again = self.0[EXITED].load(Relaxed);
            if again == exited {
                break;
            }
            // Calls began and ended in between, and would all count as in flight.
            exited = again;
            entered = self.0[ENTERED].load(Relaxed);
        }
        entered.saturating_sub(exited.max(self.0[EXITED].load(Relaxed)))
    }

    /// How many calls have begun.
    pub(crate) fn calls(&self) -> u64 {
        // Relaxed: the number is for display only.
        self.0[ENTERED].load(Relaxed) & !KNOWN
    }

    /// How many calls have ended.
    pub(crate) fn ended(&self) -> u64 {
        // Relaxed: the number is for display only.
        self.0[EXITED].load(Relaxed) & !KNOWN
    }

    /// Marks the record as unknown to the registry.
    pub(crate) fn forget(&self) {
        // Relaxed: only the record's own thread reads it while the registry does not know it.
        self.0[ENTERED].store(0, Relaxed);
    }
}

/// How many interfaces have their records together, in a page.
pub(super) const PAGE: usize = 64;

/// What one image knows about the place of the threads' records for one interface.
///
/// # Invariants
/// 1. `distance` is 0, or the distance from the thread pointer of a cell in the host's
///    thread-local block, which is the same in all threads.
/// 2. `later` is 0, or has such a distance in its lower half, as an `i32`, and in its upper half the
///    offset of a record in a page. The cell at that distance is null, or the address of the first of
///    the `PAGE` records of a page of the running thread's.
#[derive(Debug, Default)]
pub struct HoldPlace {
    /// From the thread pointer, in bytes; 0 if it is not known, or not the same in all threads.
    distance: AtomicIsize,
    /// The same for an interface whose records are on the heap: the distance of the cell with the page's
    /// address, and the offset in the page. One number, so that no thread sees one without the other.
    later: AtomicU64,
    /// The interface's number in the host, plus 1; 0 before the first call.
    number: AtomicUsize,
}

impl HoldPlace {
    /// A place that is not known yet.
    pub const fn new() -> Self {
        HoldPlace {
            distance: AtomicIsize::new(0),
            later: AtomicU64::new(0),
            number: AtomicUsize::new(0),
        }
    }

    /// Counts a call in, if the place of the record is known. It is, except in a thread's first
    /// call.
    #[inline(always)]
    pub fn enter(&self) -> Option<Hold> {
        // Relaxed: the number alone matters, and it leads to the thread's own memory.
        let distance = self.distance.load(Relaxed);
        let record: *const HoldRecord = os::at_distance(distance);
        // SAFETY: by `HoldPlace` invariant 1, `record` is a cell of the running thread's block of
        // the host. The host is never unloaded, and the block has no destructor, so it lives as
        // long as the thread runs, including its thread-local destructors. Or it is the place that
        // `at_distance` promises for 0: two words that live as long, and of which `enter` reads the
        // first. It is positive, so nothing is written there.
        let cell = unsafe { &*record };
        cell.enter().then(|| Hold::of(cell))
    }

    /// Counts a call in, if the record is on the heap and its place is known.
    #[inline]
    pub(crate) fn enter_later(&self) -> Option<Hold> {
        // Relaxed: as in `enter`.
        let later = self.later.load(Relaxed);
        if later == 0 {
            return None;
        }
        let cell: *const AtomicPtr<HoldRecord> = os::at_distance(later as i32 as isize);
        // SAFETY: by `HoldPlace` invariant 2, a cell in the running thread's own memory, as in `enter`.
        // Relaxed: only this thread stores to it.
        let first = unsafe { &*cell }.load(Relaxed);
        if first.is_null() {
            return None;
        }
        // SAFETY: by `HoldPlace` invariant 2, `first` is the first of `PAGE` records, and the offset is that
        // of one of them.
        let record = unsafe { first.byte_add((later >> 32) as usize) };
        // SAFETY: the page is freed at the end of the thread, which sets the cell to null before.
        let record = unsafe { &*record };
        record.enter().then(|| Hold::of(record))
    }

    /// The interface's number, once the host has given it one.
    pub(crate) fn number(&self) -> Option<usize> {
        // Relaxed: the number alone matters.
        self.number.load(Relaxed).checked_sub(1)
    }

    /// Sets the interface's number, and the distance of its cells, or of the cells that lead to its
    /// pages, if it is the same in all threads.
    pub(crate) fn set(&self, number: usize, distance: Option<isize>, later: Option<isize>) {
        let later = later.and_then(|distance| i32::try_from(distance).ok());
        let offset = (number % PAGE * size_of::<HoldRecord>()) as u64;
        let later = later.map_or(0, |distance| {
            offset << 32 | u64::from(distance.cast_unsigned())
        });
        // Relaxed: every thread that sets these numbers sets the same ones.
        self.number.store(number + 1, Relaxed);
        self.distance.store(distance.unwrap_or(0), Relaxed);
        self.later.store(later, Relaxed);
    }

    #[cfg(test)]
    pub(crate) fn distance(&self) -> isize {
        self.distance.load(Relaxed)
    }

    #[cfg(test)]
    pub(crate) fn later(&self) -> u64 {
        self.later.load(Relaxed)
    }

    /// Makes the place unknown again.
    pub fn reset(&self) {
        // Relaxed: `image::rust::attach` calls this, and the kernel's lock publishes the image
        // after that.
        self.number.store(0, Relaxed);
        self.distance.store(0, Relaxed);
        self.later.store(0, Relaxed);
    }
}

/// A call in flight: its module stays loaded until this is dropped, by a panic too.
///
/// # Invariants
/// 1. `record` points to a record of the running thread in which this call is counted. It is a
///    cell of the thread's block, or in a heap block that a `Page` of the registry owns. The
///    registry frees neither before the call is counted out.
#[derive(Debug)]
pub struct Hold {
    /// It also keeps `Hold` on its thread: a pointer is not `Send`.
    record: NonNull<HoldRecord>,
}

impl Hold {
    #[inline(always)]
    pub(crate) fn of(record: &HoldRecord) -> Self {
        Hold {
            record: NonNull::from(record),
        }
    }
}

impl Drop for Hold {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: by `Hold` invariant 1 the record lives until this call is counted out, which
        // `leave` does below, at most once.
        let record = unsafe { self.record.as_ref() };
        record.leave();
    }
}
