//! In the stead of `dlkm-core/src/primitive.rs`.

// Its counts order no other data; loom's own would only add orders to explore.
pub(crate) use std::sync::{Arc, PoisonError};

// The reaper's, which no model starts.
pub(crate) use std::sync::atomic::AtomicBool;

pub(crate) use loom::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};

pub(crate) use crate::checked::{
    AtomicIsize, AtomicPtr, AtomicU64, AtomicUsize, Condvar, Mutex, MutexGuard, OnceLock,
};

pub(crate) use crate::checked::thread::yield_now;

/// So that what waits sees both: that the others have ended, and that they have not.
pub(crate) const LOOKS: u32 = 2;

/// A process ends with its execution, and there are many executions.
#[derive(Debug)]
pub(crate) struct Permanent<T>(T);

impl<T> Permanent<T> {
    pub(crate) const fn new(value: T) -> Self {
        Permanent(value)
    }
}

impl<T> std::ops::Deref for Permanent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// As the runtime's, in two steps: no model has signal handlers.
pub(crate) fn add_one<const AT: usize, const N: usize>(counts: &[AtomicU64; N], order: Ordering) {
    let count = &counts[AT];
    count.store(count.load(Relaxed).wrapping_add(1), order);
}

/// As the runtime's.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
