//! The asymmetric barrier: what membarrier(2) does to the threads of a process.
//!
//! See the crate's front page for why this is what the system does.

use std::cell::Cell;
use std::rc::Rc;

use loom::sync::atomic::Ordering::{Relaxed, SeqCst};
use loom::sync::atomic::{AtomicUsize, fence};

use super::thread::{self, Step, before};

/// Where a thread is with barriers of others.
const RUNNING: usize = 0;
/// Somebody waits for its fence.
const ASKED: usize = 1;
/// It sleeps in the system: it has passed a barrier on its way there.
const ASLEEP: usize = 2;
/// It sleeps, and has a barrier to pass when it wakes.
const ASKED_ASLEEP: usize = 3;
const ENDED: usize = 4;

/// A thread's part in barriers. Relaxed throughout: a barrier gives no order but its fences'.
pub(super) struct Part {
    state: AtomicUsize,
    /// Who waits.
    asker: Cell<Option<Rc<Asker>>>,
}

struct Asker {
    thread: loom::thread::Thread,
    /// How many have not passed a fence yet.
    missing: Cell<usize>,
}

impl Part {
    pub(super) fn new() -> Self {
        Part {
            state: AtomicUsize::new(RUNNING),
            asker: Cell::new(None),
        }
    }

    /// Passes the barrier that somebody waits for, if there is one. Before each step.
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

    /// The system's last switch away from a thread is a full barrier as well.
    pub(super) fn end(&self) {
        fence(SeqCst);
        self.change(ENDED);
    }
}

/// Sleeps in the system for the length of `wait`: a switch to another thread is a full barrier,
/// so the system counts a thread that does not run as one that has passed its barrier.
pub(super) fn asleep<R>(wait: impl FnOnce() -> R) -> R {
    let me = thread::me();
    fence(SeqCst);
    me.part.change(ASLEEP);
    let result = wait();
    me.part.change(RUNNING);
    result
}

/// A thread that sleeps until another wakes it.
pub(super) struct Sleeper {
    thread: loom::thread::Thread,
    woken: Cell<bool>,
}

impl Sleeper {
    /// The running thread, before it sleeps.
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Sleeper {
            thread: loom::thread::current(),
            woken: Cell::new(false),
        })
    }

    pub(super) fn wake(&self) {
        self.woken.set(true);
        self.thread.unpark();
    }

    pub(super) fn sleep(&self) {
        asleep(|| {
            while !self.woken.get() {
                loom::thread::park();
            }
        });
    }
}

/// What an unloader's barrier does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heavy {
    /// A fence in each thread of the process: membarrier(2).
    Everywhere,
    /// A fence in the thread that calls it, and no other. Not enough.
    Here,
    /// The system has none.
    Missing,
}

/// Every thread passes a full fence between the start and the end of this.
pub fn heavy() -> bool {
    before(Step::Other);
    let kind = thread::heavy_kind();
    if kind == Heavy::Missing {
        return false;
    }
    fence(SeqCst);
    if kind == Heavy::Everywhere {
        ask_others();
    }
    fence(SeqCst);
    true
}

fn ask_others() {
    let me = thread::me();
    let asker = Rc::new(Asker {
        thread: loom::thread::current(),
        missing: Cell::new(0),
    });
    for other in thread::all() {
        if Rc::ptr_eq(&me, &other) {
            continue;
        }
        // First, as the other may answer at once.
        other.part.asker.set(Some(Rc::clone(&asker)));
        asker.missing.set(asker.missing.get() + 1);
        // RUNNING becomes ASKED, ASLEEP becomes ASKED_ASLEEP.
        let state = other.part.state.fetch_or(ASKED, Relaxed);
        if state != RUNNING {
            other.part.asker.set(None);
            asker.missing.set(asker.missing.get() - 1);
        }
    }
    while asker.missing.get() > 0 {
        loom::thread::park();
    }
}

/// Keeps the compiler from moving the steps after it above those before it.
pub fn light() {
    thread::flush();
}
