//! One thread's part in the barriers of other threads: it passes a fence when asked.
//!
//! See the crate's front page for why the system does the same.

use std::cell::Cell;
use std::rc::Rc;

use loom::sync::atomic::Ordering::{Relaxed, SeqCst};
use loom::sync::atomic::{AtomicUsize, fence};

/// No other thread waits for this one.
const RUNNING: usize = 0;
/// Another thread waits for a fence of this one.
const ASKED: usize = 1;
/// The thread sleeps in the system: it has passed a barrier on its way there.
const ASLEEP: usize = 2;
/// The thread sleeps, and must pass a barrier when it wakes.
const ASKED_ASLEEP: usize = 3;
const ENDED: usize = 4;

/// What other threads ask of a thread. Relaxed throughout: only the fences of a barrier order
/// anything.
pub(super) struct FenceRequests {
    state: AtomicUsize,
    /// The barrier that waits for this thread.
    asker: Cell<Option<Rc<Asker>>>,
}

/// A thread in a barrier, which waits for the fences of others.
pub(super) struct Asker {
    thread: loom::thread::Thread,
    /// How many threads have not passed a fence yet.
    missing: Cell<usize>,
}

impl Asker {
    /// The running thread.
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Asker {
            thread: loom::thread::current(),
            missing: Cell::new(0),
        })
    }

    /// Asks another thread for a fence, unless it sleeps or has ended.
    pub(super) fn ask(self: &Rc<Self>, other: &FenceRequests) {
        // First, as the other may answer at once.
        other.asker.set(Some(Rc::clone(self)));
        self.missing.set(self.missing.get() + 1);
        // RUNNING becomes ASKED, ASLEEP becomes ASKED_ASLEEP.
        let state = other.state.fetch_or(ASKED, Relaxed);
        if state != RUNNING {
            other.asker.set(None);
            self.missing.set(self.missing.get() - 1);
        }
    }

    /// Waits until all threads that were asked have passed a fence.
    pub(super) fn wait(&self) {
        while self.missing.get() > 0 {
            loom::thread::park();
        }
    }
}

impl FenceRequests {
    pub(super) fn new() -> Self {
        FenceRequests {
            state: AtomicUsize::new(RUNNING),
            asker: Cell::new(None),
        }
    }

    /// Passes the fence that another thread waits for, if one does. Comes before each step.
    pub(super) fn serve(&self) {
        let asked = self
            .state
            .compare_exchange(ASKED, RUNNING, Relaxed, Relaxed);
        if asked.is_ok() {
            self.answer();
        }
    }

    fn answer(&self) {
        fence(SeqCst);
        if let Some(asker) = self.asker.take() {
            asker.missing.set(asker.missing.get() - 1);
            asker.thread.unpark();
        }
    }

    fn change(&self, state: usize) {
        match self.state.swap(state, Relaxed) {
            ASKED => self.answer(),
            ASKED_ASLEEP => fence(SeqCst),
            _ => {}
        }
    }

    /// Sleeps in the system for the length of `wait`. A switch to another thread is a full
    /// barrier, so the system counts a thread that does not run as one that has passed its
    /// barrier.
    pub(super) fn asleep<R>(&self, wait: impl FnOnce() -> R) -> R {
        fence(SeqCst);
        self.change(ASLEEP);
        let result = wait();
        self.change(RUNNING);
        result
    }

    /// The system's last switch away from a thread is a full barrier as well.
    pub(super) fn end(&self) {
        fence(SeqCst);
        self.change(ENDED);
    }
}
