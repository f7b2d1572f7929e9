//! Where the runtime's locks and atomics come from, and what it yields with: one place, so
//! that a model checker's can be put in their stead.

#[cfg(feature = "tracing")]
pub(crate) use std::sync::RwLock;
pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicIsize, AtomicPtr, AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
};
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
pub(crate) use std::thread::yield_now;

/// How often whoever waits for calls to end looks, before he leaves that to others. He yields to
/// other threads in between.
pub(crate) const LOOKS: u32 = 200;

/// Locks, whether or not an earlier holder panicked: what our locks guard is changed
/// in single steps, so a panic in between leaves nothing half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
