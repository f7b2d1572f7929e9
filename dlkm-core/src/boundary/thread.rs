//! Threads that keep the module that starts them loaded.
//!
//! A module may start threads with [`std::thread`] too. Such a thread does not hold the module:
//! [`Kernel::unload`](../../dlkm_rt/struct.Kernel.html#method.unload) succeeds while it runs, and then keeps the
//! module's code mapped for it, forever. That suits a worker that the load hook starts and the
//! unload hook stops and joins. A thread from this module makes `unload` fail instead, before the
//! unload hook runs.
//!
//! Nothing can stop a thread from outside. Give the thread a way to be asked to stop, and offer
//! that as a function of the interface:
//!
//! ```
//! use std::sync::{Mutex, mpsc};
//!
//! use dlkm_rt::thread;
//!
//! static WORK: Mutex<Option<mpsc::Sender<u64>>> = Mutex::new(None);
//!
//! fn start() -> thread::JoinHandle<u64> {
//!     let (send, receive) = mpsc::channel();
//!     *WORK.lock().unwrap() = Some(send);
//!     // The thread ends when the sender is gone.
//!     thread::spawn(move || receive.iter().sum())
//! }
//!
//! fn stop() {
//!     *WORK.lock().unwrap() = None;
//! }
//!
//! let worker = start();
//! WORK.lock().unwrap().as_ref().unwrap().send(7)?;
//! stop();
//! assert_eq!(worker.join()?, 7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In the host and in static modules, these threads are like any others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{fmt, io};

use crate::boundary::thread_count::ThreadHold;
use crate::primitive::{Arc, Mutex, lock};
use crate::services::panic;

/// Starts a thread that keeps this module loaded. See the [module](self).
///
/// # Panics
/// If the system can't start a thread; [`Builder::spawn`] returns an error instead.
///
/// ```
/// let answer = dlkm_rt::thread::spawn(|| 6 * 7);
/// assert_eq!(answer.join()?, 42);
/// # Ok::<(), dlkm_rt::thread::Panicked>(())
/// ```
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(body).expect("failed to spawn thread")
}

/// The settings of a new thread.
///
/// ```
/// use dlkm_rt::thread;
///
/// let worker = thread::Builder::new().name("worker".to_owned());
/// let worker = worker.spawn(|| std::thread::current().name().map(str::to_owned))?;
/// assert_eq!(worker.join()?.as_deref(), Some("worker"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Builder(std::thread::Builder);

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Settings like those of [`spawn`].
    pub fn new() -> Self {
        Builder(std::thread::Builder::new())
    }

    /// Sets a name, for panic messages and debuggers.
    pub fn name(self, name: String) -> Self {
        Builder(self.0.name(name))
    }

    /// Sets the minimum stack size, in bytes.
    pub fn stack_size(self, bytes: usize) -> Self {
        Builder(self.0.stack_size(bytes))
    }

    /// Starts a thread that keeps this module loaded.
    ///
    /// # Errors
    /// The system can't start a thread.
    ///
    /// # Panics
    /// If the name contains a null byte.
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let holding = ThreadHold::new();
        let result = Arc::new(Mutex::new(None));
        let ours = Arc::clone(&result);
        let thread = self.0.spawn(move || {
            // Dropped last: by then everything the body took and returned is dropped, or with the
            // handle.
            let _holding = holding;
            work(body, ours);
        })?;
        Ok(JoinHandle { thread, result })
    }
}

type Outcome<T> = Arc<Mutex<Option<Result<T, Panicked>>>>;

fn work<T>(body: impl FnOnce() -> T, result: Outcome<T>) {
    // Data that the body shares may be inconsistent after a panic, as with std's threads.
    let outcome = catch_unwind(AssertUnwindSafe(body)).map_err(|payload| Panicked {
        message: panic::message(payload),
    });
    // If the handle is gone, the result is dropped here, and its destructor may panic.
    let handed = catch_unwind(AssertUnwindSafe(move || {
        *lock(&result) = Some(outcome);
        drop(result);
    }));
    if let Err(payload) = handed {
        panic::drop_quietly(payload);
    }
}

/// A handle to wait for a thread. If it is dropped, the thread keeps running, and keeps its module
/// loaded.
pub struct JoinHandle<T> {
    thread: std::thread::JoinHandle<()>,
    result: Outcome<T>,
}

impl<T> JoinHandle<T> {
    /// Waits for the thread's end.
    ///
    /// # Errors
    /// The thread panicked. The host's panic hook has reported the message already.
    pub fn join(self) -> Result<T, Panicked> {
        let ended = self.thread.join();
        let result = lock(&self.result).take();
        match (result, ended) {
            (Some(result), _) => result,
            (None, Ok(())) => Err(Panicked {
                message: "the thread ended without a result".to_owned(),
            }),
            (None, Err(payload)) => Err(Panicked {
                message: panic::message(payload),
            }),
        }
    }

    /// Whether the thread has finished. It may still hold its module for a moment; `join` waits
    /// for that.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// The thread, to unpark it or read its name.
    pub fn thread(&self) -> &std::thread::Thread {
        self.thread.thread()
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.thread.fmt(f)
    }
}

/// A thread panicked. It has the message only, because the panic's payload must not leave its
/// module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked {
    message: String,
}

impl Panicked {
    /// The panic's message.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the thread panicked: {}", self.message)
    }
}

impl std::error::Error for Panicked {}
