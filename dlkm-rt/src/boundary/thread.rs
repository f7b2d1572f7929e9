//! Threads that hold the module which starts them.
//!
//! A module may start threads with [`std::thread`] too. Such a thread does not hold the module:
//! [`Kernel::unload`](crate::Kernel::unload) goes through while it runs, and then keeps the
//! module's code mapped for it, for ever. That suits a worker that the load hook starts, and the
//! unload hook stops and joins. A thread of this module makes `unload` fail instead, before the
//! unload hook is asked.
//!
//! Nothing stops a thread from outside. Give it what it can be asked by, and offer that as a
//! function of the interface:
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
//!     // Ends when nobody can send any more.
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
//! In the host and in static modules these are threads as any other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{fmt, io};

use crate::boundary::thread_count::ThreadHold;
use crate::primitive::{Arc, Mutex, lock};
use crate::services::panic;

/// Starts a thread that holds this module. See the [module](self).
///
/// # Panics
/// The system can't start a thread; [`Builder::spawn`] returns that as an error.
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

/// What a thread is to have.
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
    /// A thread like that of [`spawn`].
    pub fn new() -> Self {
        Builder(std::thread::Builder::new())
    }

    /// With a name, for panic messages and debuggers.
    pub fn name(self, name: String) -> Self {
        Builder(self.0.name(name))
    }

    /// With a stack of at least so many bytes.
    pub fn stack_size(self, bytes: usize) -> Self {
        Builder(self.0.stack_size(bytes))
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// The system can't start a thread.
    ///
    /// # Panics
    /// The name has a null byte.
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let holding = ThreadHold::new();
        let result = Arc::new(Mutex::new(None));
        let ours = Arc::clone(&result);
        let thread = self.0.spawn(move || {
            // Dropped last: what the body took and returned is gone by then, or with the handle.
            let _holding = holding;
            work(body, ours);
        })?;
        Ok(JoinHandle { thread, result })
    }
}

type Outcome<T> = Arc<Mutex<Option<Result<T, Panicked>>>>;

fn work<T>(body: impl FnOnce() -> T, result: Outcome<T>) {
    // What the body leaves behind in a panic is seen by whoever shares it, as with std's threads.
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

/// A thread that somebody may wait for. Dropped, the thread goes on, and goes on holding its
/// module.
pub struct JoinHandle<T> {
    thread: std::thread::JoinHandle<()>,
    result: Outcome<T>,
}

impl<T> JoinHandle<T> {
    /// Waits for the thread's end.
    ///
    /// # Errors
    /// The thread panicked. The message has gone to the host's panic hook already.
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

    /// Whether the thread has come to its end. It may still hold its module for a moment; `join`
    /// waits for that.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// The thread's handle, to unpark it and to read its name.
    pub fn thread(&self) -> &std::thread::Thread {
        self.thread.thread()
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.thread.fmt(f)
    }
}

/// A thread panicked. A text, as the panic itself must not leave its module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked {
    message: String,
}

impl Panicked {
    /// What the panic said.
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
