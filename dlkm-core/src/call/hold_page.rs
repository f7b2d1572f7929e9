//! Pages of hold records: those of one thread for a number of interfaces.

use std::num::NonZero;
use std::ptr::NonNull;

use crate::call::hold::{HoldRecord, PAGE};

/// The records of one thread for the interfaces of a page.
pub(super) type Records = [HoldRecord; PAGE];

/// Whose records they are: a thread's, or those of one call. Numbered in the order in which they come,
/// so no two share a number.
pub(crate) type Owner = NonZero<u64>;

/// The page of an interface, and its place in it.
pub(super) const fn place(interface: usize) -> (usize, usize) {
    (interface / PAGE, interface % PAGE)
}

/// A thread's records for the interfaces of one page.
///
/// # Invariants
/// 1. `records` points to live records as long as the page exists: to a part of a thread's block,
///    whose end removes the page, or to a heap block that the page owns.
/// 2. `boxed` says that `records` is from `Box::into_raw`. Only the page's drop frees it, and the
///    page is dropped only when no call is counted in it.
/// 3. Pages are accessed under the registry's lock only.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) owner: Owner,
    /// Whether it is for one call at a time, without a kernel or while the thread's data is being destroyed.
    /// Such a page is freed after that call, or serves another one.
    once: bool,
    /// A bit for each record that has counted a call: `PAGE` is the number of bits.
    used: u64,
    records: NonNull<Records>,
    /// Whether `records` is a heap block, not a part of the thread's own.
    boxed: bool,
}

// SAFETY: by `Page` invariants 1 and 3, `records` is live on any thread, and a lock orders all
// accesses through the page. A `HoldRecord` itself consists of atomics.
unsafe impl Send for Page {}

impl Page {
    /// A part of a thread's block.
    ///
    /// # Safety
    /// The page must be dropped before the thread ends.
    pub(super) unsafe fn in_block(owner: Owner, records: NonNull<Records>) -> Self {
        Page {
            owner,
            once: false,
            used: 0,
            records,
            boxed: false,
        }
    }

    pub(super) fn on_heap(owner: Owner, once: bool) -> Self {
        let records: Box<Records> = Box::new([const { HoldRecord::new() }; PAGE]);
        Page {
            owner,
            once,
            used: 0,
            records: NonNull::from(Box::leak(records)),
            boxed: true,
        }
    }

    /// The first of its records, from which all can be reached.
    pub(super) fn start(&self) -> *mut HoldRecord {
        self.records.as_ptr().cast()
    }

    /// The position of the owner's page among pages that are sorted by owner, or where to insert it.
    pub(super) fn search(pages: &[Page], owner: Owner) -> Result<usize, usize> {
        pages.binary_search_by_key(&owner, |page| page.owner)
    }

    /// The record of the interface at this place, if there is one in use.
    pub(super) fn record(&self, at: usize) -> Option<&HoldRecord> {
        // SAFETY: live as long as the page, so as long as `self` is borrowed (`Page` invariant 1);
        // records are only shared, never borrowed mutably.
        let record = unsafe { self.records.as_ref() }.get(at)?;
        (self.used & (1 << at) != 0).then_some(record)
    }

    /// The records in use, with their places.
    pub(super) fn records(&self) -> impl Iterator<Item = (usize, &HoldRecord)> {
        let mut left = self.used;
        std::iter::from_fn(move || {
            let at = left.trailing_zeros() as usize;
            let record = self.record(at)?;
            left &= left - 1;
            Some((at, record))
        })
    }

    /// Counts the first call of a record in.
    pub(super) fn enter_first(&mut self, at: usize) -> *const HoldRecord {
        self.used |= 1 << at;
        let record = self.record(at).expect("in use");
        record.enter_first();
        record
    }

    /// Whether its one call is over.
    pub(super) fn is_spent(&self) -> bool {
        self.once && self.records().all(|(_, record)| record.in_flight() == 0)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if self.boxed {
            // SAFETY: from a box in `on_heap`, and freed only here, when no call uses it (`Page`
            // invariant 2): its thread has ended, or its one call is over.
            drop(unsafe { Box::from_raw(self.records.as_ptr()) });
        }
    }
}
