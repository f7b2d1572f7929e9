//! Objects of loom can only be made while a model runs. The runtime makes its own in constants.

use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;

use super::execution;

/// The byte that fills the thread-local data of a thread that has ended.
pub(super) const GONE: u8 = 0xDD;

/// An object of loom, made on first use, once in each execution. So a static has its first value
/// again in the next execution.
///
/// The thread that makes the object should do so before all other uses. Otherwise loom reports an
/// access that is not ordered after the making: a false alarm, never a missed error.
pub(super) struct PerExecution<T> {
    execution: Cell<u64>,
    object: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: loom runs the threads of an execution on one system thread, one at a time, and
// `check` runs one model at a time. So no two system threads use the object at once.
unsafe impl<T> Sync for PerExecution<T> {}
// SAFETY: see `Sync`: whichever threads of a model have the object, one system thread does.
unsafe impl<T> Send for PerExecution<T> {}

impl<T> PerExecution<T> {
    pub(super) const fn new() -> Self {
        PerExecution {
            execution: Cell::new(0),
            object: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    pub(super) fn get(&self, make: impl FnOnce() -> T) -> &T {
        let now = execution::number();
        let made = self.execution.get();
        assert_ne!(
            made,
            u64::from_ne_bytes([GONE; 8]),
            "a read of thread-local data of a thread that has ended"
        );
        if made != now {
            // Loom has freed what an object of an earlier execution stands for: nothing to drop.
            let object = MaybeUninit::new(make());
            // SAFETY: no reference to the object of an earlier execution is left, and one
            // execution makes the object once.
            unsafe { self.object.get().write(object) };
            self.execution.set(now);
        }
        // SAFETY: the last write was in this execution, before this call or above, and this
        // execution does not write again. So no write happens while the reference lives.
        let object = unsafe { &*self.object.get() };
        // SAFETY: this execution wrote an initialised object.
        unsafe { object.assume_init_ref() }
    }
}
