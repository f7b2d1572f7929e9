//! A thread that unloads idle modules.

use std::io;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::state::Kernel;
use crate::primitive::{Arc, AtomicBool, Relaxed};

/// A thread that calls [`Kernel::reap`] when there may be something to do. Dropping this ends the
/// thread: if it is unloading a module, the drop waits for that.
///
/// ```
/// use dlkm_rt::{Kernel, ModuleRoot};
///
/// let kernel = Kernel::boot(ModuleRoot::none())?;
/// let reaper = kernel.start_reaper()?;
/// // … the program's work; idle modules are unloaded …
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
    /// The thread sleeps while no loaded module has `idle`; a load wakes it. It tries again to
    /// unload what a reap could not unload, as described at `reap`.
    ///
    /// Unload hooks and [observers](crate::Observer) of these unloads run on that thread, which
    /// is named `dlkm-reaper`. If an observer panics, the thread ends; the host's panic hook
    /// reports it.
    ///
    /// # Errors
    /// The system can't start a thread.
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
            // Relaxed: the table's lock orders it after the store in `Reaper`'s drop.
            if stop.load(Relaxed) {
                return;
            }
            let left = due.map(|due| due.saturating_duration_since(Instant::now()));
            // A module with `idle` may have been loaded since.
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
            // Under the lock, so that the thread either sees it or is sleeping already.
            let table = self.kernel.control.lock();
            // Relaxed: the lock orders it before the load in `run`.
            self.stop.store(true, Relaxed);
            self.kernel.control.changed(&table);
        }
        if let Some(thread) = self.thread.take()
            // A hook or an observer may drop this, on the thread itself.
            && thread.thread().id() != thread::current().id()
        {
            // An error is a panic in an observer, which has been reported already.
            let _ = thread.join();
        }
    }
}
