//! The thread that unloads idle modules when their time has come.

use std::io;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::state::Kernel;
use crate::primitive::{Arc, AtomicBool, Relaxed};

/// A thread that calls [`Kernel::reap`] when that has something to do. When this is dropped, it
/// ends: a module that it is unloading is unloaded first, then the drop returns.
///
/// ```
/// use dlkm_rt::{Kernel, ModuleRoot};
///
/// let kernel = Kernel::boot(ModuleRoot::none())?;
/// let reaper = kernel.start_reaper()?;
/// // … the program's work, in which idle modules go …
/// drop(reaper);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "the thread ends when this is dropped"]
pub struct Reaper {
    kernel: &'static Kernel,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Kernel {
    /// Starts a thread that calls [`reap`](Self::reap) each time there may be something to do.
    /// It sleeps while no loaded module has `idle`; a load wakes it. What a reap could not
    /// unload, it tries again as `reap` says.
    ///
    /// Unload hooks and [observers](crate::Observer) of these unloads run on that thread, which
    /// is named `dlkm-reaper`. An observer that panics ends it; the host's panic hook tells.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start_reaper(&'static self) -> io::Result<Reaper> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("dlkm-reaper".to_owned())
            .spawn(move || run(self, &stopped))?;
        Ok(Reaper {
            kernel: self,
            stop,
            thread: Some(thread),
        })
    }
}

fn run(kernel: &Kernel, stop: &AtomicBool) {
    loop {
        let (reaped, loads) = kernel.reap_once();
        let due = reaped.next.map(|next| Instant::now() + next);
        let mut table = kernel.control.lock();
        loop {
            // Relaxed: the table's lock orders it.
            if stop.load(Relaxed) {
                return;
            }
            let left = due.map(|due| due.saturating_duration_since(Instant::now()));
            // A load since then may be of a module with `idle`.
            if table.loads != loads || left == Some(Duration::ZERO) {
                break;
            }
            table = kernel.control.wait(table, left);
        }
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        {
            // Under the lock, so that the thread either sees it or sleeps already.
            let table = self.kernel.control.lock();
            // Relaxed: with the load in `run`, by that lock.
            self.stop.store(true, Relaxed);
            self.kernel.control.changed(&table);
        }
        if let Some(thread) = self.thread.take()
            // A hook or an observer may drop it, on the thread itself.
            && thread.thread().id() != thread::current().id()
        {
            // It panicked in an observer: told already.
            let _ = thread.join();
        }
    }
}
