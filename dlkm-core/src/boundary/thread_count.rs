//! Counts the threads that run an image's code. The kernel reads the counts before it unmaps an
//! image.

use std::ffi::{c_int, c_void};

use crate::os::{self, Routine, Start};
use crate::primitive::{Acquire, AtomicUsize, Relaxed, Release, SeqCst};
use crate::services::{ThreadServices, ask};

/// The counts of one image's threads.
///
/// # Invariants
/// 1. The kernel unmaps the image only while `running` is 0, or never, if [`Self::late`] says so
///    or a thread has pinned it.
#[derive(Debug)]
pub struct ThreadCounts {
    /// Threads that run the image's code, now or at their end, apart from calls.
    running: AtomicUsize,
    /// How many of those hold the module: see [`crate::thread`].
    holding: AtomicUsize,
    /// 1 while a kernel counts: from `attach` to `detach`.
    attached: AtomicUsize,
}

/// This image's own counts.
static THREADS: ThreadCounts = ThreadCounts {
    running: AtomicUsize::new(0),
    holding: AtomicUsize::new(0),
    attached: AtomicUsize::new(0),
};

/// This image's counts, for the kernel.
pub(crate) fn counts() -> &'static ThreadCounts {
    &THREADS
}

impl ThreadCounts {
    /// How many threads run the image's code. Once no call is in flight and no hook runs, zero is
    /// final, except that destructors of thread-local data may start threads: [`Self::late`]
    /// checks for these.
    pub fn running(&self) -> usize {
        // Acquire: pairs with the Release in `count_out` of `os/linux/pthread.rs`.
        self.running.load(Acquire)
    }

    /// How many threads hold the module.
    pub fn holding(&self) -> usize {
        // Acquire: pairs with the Release in the drop of `ThreadHold`.
        self.holding.load(Acquire)
    }

    /// Whether a thread was counted in after `running` returned 0. Called after `detach` and before
    /// the image is closed. A later thread pins the image: see `counted`.
    pub fn late(&self) -> bool {
        // SeqCst: pairs with `counted`, which counts before it checks whether we have detached.
        self.running.load(SeqCst) > 0
    }
}

/// From now on a kernel reads the counts.
pub(crate) fn attach() {
    // Release: pairs with the load in `counted`, so that a thread that sees it sees the rest of
    // the attachment.
    THREADS.attached.store(1, Release);
}

/// From now on the image pins itself if its code starts a thread.
pub(crate) fn detach() {
    // SeqCst: pairs with `counted`, which counts before it loads this.
    THREADS.attached.store(0, SeqCst);
}

/// Counts a thread in and returns the kernel's services for threads. `None` if no kernel reads the
/// counts: then the image stays mapped forever, because no kernel knows about the thread.
///
/// # Errors
/// The system can't keep the image mapped.
fn counted() -> Result<Option<&'static ThreadServices>, NotPinned> {
    if let Some(host) = ask::host() {
        // SeqCst: pairs with `detach` and `late`. Either the unloader sees this count, or we see
        // that it has detached. The caller runs the image's code, so the image is still mapped.
        THREADS.running.fetch_add(1, SeqCst);
        if THREADS.attached.load(SeqCst) == 1 {
            return Ok(Some(&host.threads));
        }
        THREADS.running.fetch_sub(1, SeqCst);
    }
    match os::pin(std::ptr::from_ref(&THREADS).cast()) {
        true => Ok(None),
        false => Err(NotPinned),
    }
}

struct NotPinned;

/// The kernel's functions for threads of an image: see [`os`].
pub const THREAD_SERVICES: ThreadServices = ThreadServices {
    create: os::create,
    set_specific: os::set_specific,
};

/// An image's `pthread_create`.
///
/// # Safety
/// As for the system's `pthread_create`.
pub unsafe extern "C" fn create_thread(
    thread: *mut libc::pthread_t,
    attributes: *const libc::pthread_attr_t,
    routine: Routine,
    argument: *mut c_void,
) -> c_int {
    let start = Start {
        thread,
        attributes,
        routine,
        argument,
    };
    match counted() {
        // SAFETY: the caller promises what `pthread_create` needs. The count stays mapped while it
        // is not 0 (`ThreadCounts` invariant 1), and `counted` has counted this thread in.
        Ok(Some(host)) => unsafe { (host.create)(&start, &THREADS.running) },
        // SAFETY: the caller promises what `pthread_create` needs.
        Ok(None) => unsafe { os::create_uncounted(&start) },
        Err(NotPinned) => libc::EAGAIN,
    }
}

/// An image's `pthread_setspecific`.
///
/// # Safety
/// As for the system's `pthread_setspecific`.
pub unsafe extern "C" fn set_specific(key: libc::pthread_key_t, value: *const c_void) -> c_int {
    match counted() {
        // SAFETY: the caller promises what `pthread_setspecific` needs. The count stays mapped
        // while it is not 0 (`ThreadCounts` invariant 1), and `counted` has counted this call in.
        Ok(Some(host)) => unsafe { (host.set_specific)(&THREADS.running, key, value) },
        // SAFETY: the caller promises what `pthread_setspecific` needs.
        Ok(None) => unsafe { os::set_specific_uncounted(key, value) },
        Err(NotPinned) => libc::ENOMEM,
    }
}

/// A thread that holds its module.
#[derive(Debug)]
pub struct ThreadHold(());

impl ThreadHold {
    pub(crate) fn new() -> Self {
        // Relaxed: the caller is in a call of the module, or in a thread that holds it, and the
        // unloader has seen the end of either. A thread that does not hold the module may be too
        // late, but then `running` keeps the image mapped.
        THREADS.holding.fetch_add(1, Relaxed);
        ThreadHold(())
    }
}

impl Drop for ThreadHold {
    fn drop(&mut self) {
        // Release: pairs with the Acquire in `ThreadCounts::holding`. The thread itself is still
        // counted in `running`.
        THREADS.holding.fetch_sub(1, Release);
    }
}
