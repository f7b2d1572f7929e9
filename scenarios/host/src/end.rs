//! The end of threads that work until they are told: also when one of them panics, as the scenario
//! would wait for the others forever.

use std::sync::atomic::{AtomicBool, Ordering};

/// The end of all threads that have a [`Guard`] of it.
#[derive(Default)]
pub(crate) struct End(AtomicBool);

impl End {
    /// Whether the threads are to end.
    pub(crate) fn has_come(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// For each thread that works until the end, and for the one that waits for them: the end has
    /// come when the first of them is dropped.
    pub(crate) fn guard(&self) -> Guard<'_> {
        Guard(self)
    }
}

/// Brings the end when it is dropped.
pub(crate) struct Guard<'a>(&'a End);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}
