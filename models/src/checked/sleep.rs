//! Threads that sleep in the system until another wakes them.

use std::cell::Cell;
use std::rc::Rc;

use super::step;

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
        step::me().requests.asleep(|| {
            while !self.woken.get() {
                loom::thread::park();
            }
        });
    }
}
