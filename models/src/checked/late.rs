//! Loom's objects are made while a model runs. The runtime's are made in constants.

use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;

use super::thread;

/// Fills memory of a thread that has ended: see `local`.
pub(super) const GONE: u8 = 0xDD;

/// An object of loom's, made when it is first used, once in each execution: so a static has
/// its first value again in the next.
///
/// Who makes it should come before all who use it. If not, loom reports an access that is not
/// ordered after the making: noise, but no silence.
pub(super) struct Late<T> {
    execution: Cell<u64>,
    object: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: loom runs the threads of an execution on one system thread, one at a time, and
// `thread::check` runs one model at a time.
unsafe impl<T> Sync for Late<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Late<T> {}

impl<T> Late<T> {
    pub(super) const fn new() -> Self {
        Late {
            execution: Cell::new(0),
            object: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    pub(super) fn get(&self, make: impl FnOnce() -> T) -> &T {
        let now = thread::execution();
        let made = self.execution.get();
        assert_ne!(
            made,
            u64::from_ne_bytes([GONE; 8]),
            "a read of thread-local data of a thread that has ended"
        );
        if made != now {
            // An object of an earlier execution is only a number by now: nothing to drop.
            let object = MaybeUninit::new(make());
            // SAFETY: no reference to the object of an earlier execution is left, and within
            // one execution it is made once.
            unsafe { self.object.get().write(object) };
            self.execution.set(now);
        }
        // SAFETY: written above or earlier, and not again in this execution.
        let object = unsafe { &*self.object.get() };
        // SAFETY: as above.
        unsafe { object.assume_init_ref() }
    }
}
