//! How many held values of an image exist: the image counts them, and the kernel reads the counts.

use crate::primitive::{Acquire, AtomicUsize, Relaxed, Release};

/// A number of held values of one image.
#[derive(Debug)]
pub struct Count {
    values: AtomicUsize,
    /// What counts the copies of these values, if this does not.
    copies: Option<&'static Count>,
}

impl Count {
    pub(crate) const fn new(copies: Option<&'static Count>) -> Self {
        Count {
            values: AtomicUsize::new(0),
            copies,
        }
    }

    /// Counts one more value.
    pub(crate) fn add(&self) {
        // Relaxed: the caller is in a call of the module, or has another value of it; the end of
        // either comes after this, and the unloader has seen that end: the call's by `HoldRecord`'s
        // `leave`, the other value's by the drop of its `Counted`.
        self.values.fetch_add(1, Relaxed);
    }

    /// Counts a copy of a value that is counted here; returns the count that has the copy.
    pub(crate) fn add_copy(&'static self) -> &'static Count {
        let count = self.copies.unwrap_or(self);
        count.add();
        count
    }

    pub(crate) fn get(&self) -> usize {
        // Acquire: pairs with the Release in the drop of `Counted`.
        self.values.load(Acquire)
    }
}

/// A value of an image, which is counted until this is dropped.
pub struct Counted(pub &'static Count);

impl Drop for Counted {
    fn drop(&mut self) {
        // Release: pairs with the Acquire in `Count::get`. The image may be unmapped after this.
        self.0.values.fetch_sub(1, Release);
    }
}

/// The values of one image. Its unload hook has to take back what its load hook left with others,
/// so an unload does not wait for that. All other values keep the module loaded.
///
/// # Invariants
/// 1. A value stays in the count that it was made in, so neither count hides the other. A copy
///    keeps the module loaded, even if it is a copy of what the load hook left.
#[derive(Debug)]
pub struct HeldCounts {
    /// Values that were made before the load hook returned.
    registered: Count,
    others: &'static Count,
    /// 1 once the load hook has returned.
    serving: AtomicUsize,
}

impl HeldCounts {
    pub(crate) const fn new(others: &'static Count) -> Self {
        HeldCounts {
            registered: Count::new(Some(others)),
            others,
            serving: AtomicUsize::new(0),
        }
    }

    /// From now on, new values keep the module loaded.
    pub fn serve(&self) {
        // Relaxed: `Slot::bind` publishes it to callers. If a thread of the load hook makes a value
        // at this moment, either count is right.
        self.serving.store(1, Relaxed);
    }

    /// Counts one more value; returns the count that has it.
    pub(crate) fn add(&'static self) -> &'static Count {
        // Relaxed: see `serve`.
        let count = match self.serving.load(Relaxed) {
            0 => &self.registered,
            _ => self.others,
        };
        count.add();
        count
    }

    /// How many values keep the module loaded. Valid only while no call is in flight in the image:
    /// then the number can fall, but not rise from zero, unless what the load hook left is copied.
    pub fn held(&self) -> usize {
        self.others.get()
    }

    /// How many values need the image's code. Valid only while no call is in flight in the image:
    /// then the number can fall, but not rise from zero.
    pub fn all(&self) -> usize {
        // In this order: a copy of a registered value adds to the others. If the first number is
        // zero, all such copies happened before, and the second number has them.
        let registered = self.registered.get();
        registered + self.others.get()
    }
}
