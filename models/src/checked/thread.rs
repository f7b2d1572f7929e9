//! Starts the threads of a model, and waits for them.

use super::step::{self, Step, Thread, before};

/// In words. The kernel needs more than loom's default of 4,096.
const STACK: usize = 0x10000;

/// A thread that was started.
pub struct Join<T>(loom::thread::JoinHandle<T>);

impl<T> Join<T> {
    /// Waits for its end.
    pub fn join(self) -> T {
        before(Step::Other);
        step::me().requests.asleep(|| self.join_from_outside())
    }

    /// Waits for its end, in a thread that is not one of the model's.
    pub(super) fn join_from_outside(self) -> T {
        self.0.join().expect("a panic of a thread ends the model")
    }
}

/// As in std, which promises nothing: another thread may go on here, or this one. Loom's own would
/// run others as long as any can go on, and leave out the orders in which they take longer.
pub(crate) fn yield_now() {
    before(Step::Other);
}

/// Wraps what loom, like std, requires to be `Send`.
struct Here<T>(T);

// SAFETY: loom runs all threads of an execution on one system thread, so the value never leaves
// the system thread that it was made on.
unsafe impl<T> Send for Here<T> {}
// SAFETY: see `Send`.
unsafe impl<T> Sync for Here<T> {}

impl<T> Here<T> {
    /// A method, so that a closure captures the whole.
    fn get(&self) -> &T {
        &self.0
    }
}

/// Starts a thread of the model.
///
/// # Panics
/// There are four already.
pub fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Join<T> {
    if step::in_model() {
        before(Step::Other);
    }
    let thread = Here(Thread::new());
    let handle = loom::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let thread = thread.get();
            thread.enter();
            let value = body();
            thread.locals.destroy();
            step::flush();
            thread.requests.end();
            thread.locals.fill();
            value
        });
    Join(handle.expect("loom starts each thread"))
}
