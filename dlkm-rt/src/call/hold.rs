//! Holds: what keeps a module loaded while a call is in it, without a shared write.
//!
//! Each thread has a [`HoldRecord`] for each unloadable interface that it calls, written by
//! that thread alone. A call counts its entry, then loads the slot; the unloader turns
//! the slots back, makes every thread pass a barrier, then compares entries with exits.
//! Either it sees the entry, or the caller's load came after the barrier and sees the
//! slot unbound. (Linux's `percpu-refcount` and userspace RCU rest on the same trade.)
//!
//! Where a thread's record is, one addition tells: records are cells of the host's own
//! thread-local block, which lies at one distance from the thread pointer in all threads. An
//! image learns that distance when it makes its first call: see [`HoldPlace`], and
//! [`crate::call::hold_registry`] for who makes records and reads them.

use std::ptr::NonNull;

use crate::os;
use crate::primitive::{Acquire, AtomicIsize, AtomicU64, AtomicUsize, Relaxed, Release};

/// How often one thread entered and left the functions of one interface. `entered` is 0 in a
/// record that nobody knows of yet.
#[derive(Debug, Default)]
pub(crate) struct HoldRecord {
    entered: AtomicU64,
    exited: AtomicU64,
}

impl HoldRecord {
    pub(crate) const fn new() -> Self {
        HoldRecord {
            entered: AtomicU64::new(0),
            exited: AtomicU64::new(0),
        }
    }

    /// Counts a call in, by the record's own thread. `false`, and nothing is counted, where the
    /// record is not known yet.
    #[inline(always)]
    pub(crate) fn enter(&self) -> bool {
        // Plain load and store: no other thread writes here. Relaxed: `os::light_barrier` and
        // the unloader's `os::heavy_barrier` order the entry before the slot's load.
        let entered = self.entered.load(Relaxed);
        if entered == 0 {
            return false;
        }
        self.entered.store(entered.wrapping_add(1), Relaxed);
        os::light_barrier();
        true
    }

    /// Counts the first call of a record in, before others learn of the record.
    pub(crate) fn enter_first(&self) {
        // Relaxed, and no barrier: the registry's lock makes it known, and an unloader that
        // took the lock earlier had turned the slots back before.
        self.exited.store(0, Relaxed);
        self.entered.store(1, Relaxed);
    }

    /// Counts a call out, by the record's own thread.
    #[inline(always)]
    pub(crate) fn leave(&self) {
        // Release: with the Acquire in `in_flight`.
        let exited = self.exited.load(Relaxed).wrapping_add(1);
        self.exited.store(exited, Release);
    }

    /// Counts a call in again that had been counted out to wait for an unload.
    pub(crate) fn enter_again(&self) {
        // Relaxed and without a barrier: what the call does next is ask the kernel, under the
        // lock that an unload takes.
        let entered = self.entered.load(Relaxed).wrapping_add(1);
        self.entered.store(entered, Relaxed);
    }

    /// How many calls are in flight. Only after the slots were unbound and a heavy barrier.
    pub(crate) fn in_flight(&self) -> u64 {
        // Exits first: read the other way round, a call that began and ended in between
        // would hide one that goes on. Acquire: with the Release in `leave`, so that all the
        // call did comes before the unload.
        let exited = self.exited.load(Acquire);
        // Relaxed: the unloader's barrier has made every entry before it visible.
        self.entered.load(Relaxed).wrapping_sub(exited)
    }

    /// How many calls are in flight, for who watches. Never more than there are at some time
    /// while this looks; fewer where calls end too fast to be counted.
    pub(crate) fn in_flight_about(&self) -> u64 {
        // Relaxed: a number to show.
        let mut exited = self.exited.load(Relaxed);
        let mut entered = self.entered.load(Relaxed);
        for _ in 0..4 {
            let again = self.exited.load(Relaxed);
            if again == exited {
                break;
            }
            // Calls came and went in between, which would all count as in flight.
            exited = again;
            entered = self.entered.load(Relaxed);
        }
        entered.saturating_sub(exited.max(self.exited.load(Relaxed)))
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> u64 {
        // Relaxed: a number to show.
        self.entered.load(Relaxed)
    }

    /// How many calls are over.
    pub(crate) fn ended(&self) -> u64 {
        // Relaxed: a number to show.
        self.exited.load(Relaxed)
    }

    /// Nobody knows of it from now on.
    pub(crate) fn forget(&self) {
        // Relaxed: read by its own thread alone.
        self.entered.store(0, Relaxed);
    }
}

/// Where the threads' records of one interface are, as one image knows it.
#[derive(Debug, Default)]
pub struct HoldPlace {
    /// From the thread pointer; 0 where that is not known, or not the same in all threads.
    distance: AtomicIsize,
    /// The interface's number in the host, plus 1; 0 before the first call.
    number: AtomicUsize,
}

impl HoldPlace {
    /// A place not known yet.
    pub const fn new() -> Self {
        HoldPlace {
            distance: AtomicIsize::new(0),
            number: AtomicUsize::new(0),
        }
    }

    /// Counts a call in, if it is known where, as it is but for a thread's first call.
    #[inline(always)]
    pub fn enter(&self) -> Option<Hold> {
        // Relaxed: a number, which tells where the thread's own memory is.
        let distance = self.distance.load(Relaxed);
        if distance == 0 {
            return None;
        }
        let record: *const HoldRecord = os::at_distance(distance);
        // SAFETY: `hold_registry::enter` has stored the distance of a cell of the host's thread-local
        // block, which each thread has as long as it runs, its destructors included.
        let cell = unsafe { &*record };
        cell.enter().then(|| Hold::of(cell))
    }

    /// The interface's number, once the host has given it one.
    pub(crate) fn number(&self) -> Option<usize> {
        // Relaxed: a number.
        self.number.load(Relaxed).checked_sub(1)
    }

    /// Sets the interface's number, and the distance of its cells where they have one.
    pub(crate) fn set(&self, number: usize, distance: Option<isize>) {
        // Relaxed: numbers, the same for all who set them.
        self.number.store(number + 1, Relaxed);
        self.distance.store(distance.unwrap_or(0), Relaxed);
    }

    #[cfg(test)]
    pub(crate) fn distance(&self) -> isize {
        self.distance.load(Relaxed)
    }

    /// As it was at first.
    pub(crate) fn reset(&self) {
        // Relaxed: an attach hands over through the kernel's lock.
        self.number.store(0, Relaxed);
        self.distance.store(0, Relaxed);
    }
}

/// A call in flight: its module stays loaded until this is dropped, also by a panic.
#[derive(Debug)]
pub struct Hold {
    /// Also keeps `Hold` on its thread: a raw pointer is not `Send`.
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
        // SAFETY: the record is a cell of this thread's, or a block that `records` frees once
        // this call is counted out and not before.
        let record = unsafe { self.record.as_ref() };
        record.leave();
    }
}
