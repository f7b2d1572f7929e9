//! Which threads run an image's code: what the kernel asks before it takes an image away.

use std::ffi::{c_int, c_void};

use crate::os::{self, Routine, Start};
use crate::primitive::{Acquire, AtomicUsize, Relaxed, Release, SeqCst};
use crate::services::{ThreadServices, ask};

/// The threads of one image.
#[derive(Debug)]
pub(crate) struct ThreadCounts {
    /// Threads that run the image's code, now or at their end, and that no call accounts for.
    running: AtomicUsize,
    /// Of those, the ones that hold the module: see [`crate::thread`].
    holding: AtomicUsize,
    /// 1 while a kernel counts: from `attach` to `detach`.
    attached: AtomicUsize,
}

/// This image's own.
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
    /// How many threads run the image's code. Zero is final, once no call is in flight and no
    /// hook runs, but for destructors of thread-local data, for which [`Self::late`] is asked.
    pub(crate) fn running(&self) -> usize {
        // Acquire: with the Release in `os::create`'s count out.
        self.running.load(Acquire)
    }

    /// How many threads hold the module.
    pub(crate) fn holding(&self) -> usize {
        // Acquire: with the Release in `ThreadHold::drop`.
        self.holding.load(Acquire)
    }

    /// Whether a thread came since `running` was 0, after `detach` and before the image is
    /// closed. A later one pins the image: see `counted`.
    pub(crate) fn late(&self) -> bool {
        // SeqCst: with `counted`, which counts before it looks whether we have detached.
        self.running.load(SeqCst) > 0
    }
}

/// From now on a kernel counts.
pub(crate) fn attach() {
    // Release: with the load in `counted`; what else attaching did comes before.
    THREADS.attached.store(1, Release);
}

/// From now on an image whose code starts a thread pins itself.
pub(crate) fn detach() {
    // SeqCst: with `counted`.
    THREADS.attached.store(0, SeqCst);
}

/// The kernel's services for threads, once this image has counted one in. `None` if no kernel
/// counts: then the image is kept mapped from now on, as nobody will know of the thread.
fn counted() -> Result<Option<&'static ThreadServices>, NotPinned> {
    if let Some(host) = ask::host() {
        // SeqCst: with `detach` and `late`. Either the unloader sees this, or we see that it has
        // detached. Whoever calls this runs code of the image, which is still mapped for that.
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
pub(crate) const THREAD_SERVICES: ThreadServices = ThreadServices {
    create: os::create,
    set_specific: os::set_specific,
};

/// An image's `pthread_create`.
///
/// # Safety
/// As for the system's.
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
        // SAFETY: the caller's promise. The kernel closes the image only while the count is 0.
        Ok(Some(host)) => unsafe { (host.create)(&start, &THREADS.running) },
        // SAFETY: the caller's promise.
        Ok(None) => unsafe { os::create_uncounted(&start) },
        Err(NotPinned) => libc::EAGAIN,
    }
}

/// An image's `pthread_setspecific`.
///
/// # Safety
/// As for the system's.
pub unsafe extern "C" fn set_specific(key: libc::pthread_key_t, value: *const c_void) -> c_int {
    match counted() {
        // SAFETY: as in `create_thread`.
        Ok(Some(host)) => unsafe { (host.set_specific)(&THREADS.running, key, value) },
        // SAFETY: the caller's promise.
        Ok(None) => unsafe { os::set_specific_uncounted(key, value) },
        Err(NotPinned) => libc::ENOMEM,
    }
}

/// A thread that holds its module.
#[derive(Debug)]
pub(crate) struct ThreadHold(());

impl ThreadHold {
    pub(crate) fn new() -> Self {
        // Relaxed: whoever calls this is in a call of the module, or in a thread that holds it,
        // and the unloader has seen the end of either. A thread that does not hold it is too late
        // at worst, and then its image is kept for the sake of `running`.
        THREADS.holding.fetch_add(1, Relaxed);
        ThreadHold(())
    }
}

impl Drop for ThreadHold {
    fn drop(&mut self) {
        // Release: with the Acquire in `holding`. The thread itself is still in `running`.
        THREADS.holding.fetch_sub(1, Release);
    }
}
