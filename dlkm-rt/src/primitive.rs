//! The runtime's locks, atomics and `yield_now`, imported in one place so that a model checker's
//! can replace them.

#[cfg(feature = "tracing")]
pub(crate) use std::sync::RwLock;
pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicIsize, AtomicPtr, AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
};
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
pub(crate) use std::thread::yield_now;

/// How many times a thread that waits for calls to end checks before it stops waiting. It yields
/// between the checks.
pub(crate) const LOOKS: u32 = 200;

/// Locks, whether or not an earlier holder panicked: the data behind these locks changes
/// in single steps, so a panic in between leaves nothing half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
