//! The runtime's locks, atomics and `yield_now`, imported in one place so that a model checker's
//! can replace them.

use std::arch::asm;
#[cfg(feature = "tracing")]
pub use std::sync::RwLock;
pub use std::sync::atomic::{
    AtomicBool, AtomicIsize, AtomicPtr, AtomicU64, AtomicUsize,
    Ordering::{self, Acquire, Relaxed, Release, SeqCst},
};
pub use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
pub use std::thread::yield_now;

/// How many times a thread that waits for calls to end checks before it stops waiting. It yields
/// between the checks.
pub const LOOKS: u32 = 200;

/// Adds 1 to count number `AT`, which only the calling thread stores to. Other threads see a store
/// with `order`: `Relaxed` or `Release`.
///
/// It is one instruction. A load and a store would lose whatever a signal handler of the thread
/// counts between them.
#[inline(always)]
pub(crate) fn add_one<const AT: usize, const N: usize>(counts: &[AtomicU64; N], order: Ordering) {
    const { assert!(AT < N) };
    debug_assert!(matches!(order, Relaxed | Release));
    // Miri runs no assembly, and raises no signals.
    if cfg!(miri) {
        let count = &counts[AT];
        return count.store(count.load(Relaxed).wrapping_add(1), order);
    }
    // SAFETY: it adds to an `AtomicU64` of the array, which is alive and aligned. An aligned store of
    // 8 bytes is never seen in part, and each store of x86-64 is a Release. Without `nomem`, the
    // compiler keeps earlier accesses before it.
    unsafe {
        asm!(
            "inc qword ptr [{counts} + {offset}]",
            counts = in(reg) counts.as_ptr(),
            offset = const AT * size_of::<AtomicU64>(),
            options(nostack)
        );
    }
}

/// A value that lasts as long as the process, so that no code to drop it is compiled.
pub type Permanent<T> = std::mem::ManuallyDrop<T>;

/// Locks, whether or not an earlier holder panicked: the data behind these locks changes
/// in single steps, so a panic in between leaves nothing half done. Not inlined: there are many callers.
#[inline(never)]
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
