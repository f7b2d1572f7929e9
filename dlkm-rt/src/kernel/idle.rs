//! Idle modules: those that nobody has called for as long as their `idle` says.

use std::time::{Duration, Instant};

use super::idle_watch::Look;
use super::state::Kernel;
use crate::error::UnloadError;
use crate::primitive::lock;

/// What [`Kernel::reap`] did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reaped {
    /// The modules that it unloaded, in this order.
    pub unloaded: Vec<String>,
    /// Those that were idle and could not be unloaded, with the reason: an unload hook that
    /// refused, or a call that came just now. They are tried again when they were idle for
    /// their time once more.
    pub refused: Vec<(String, UnloadError)>,
    /// When there may be something to do again; `None` while no loaded module has `idle`.
    pub next: Option<Duration>,
}

impl Kernel {
    /// Unloads each loaded module with `idle = "..."` that nobody has called for that long, in
    /// which no call is and no thread that holds it, and of which nobody has a value. Of modules that depend on
    /// each other, those go first that need others. A module without `idle` is never touched,
    /// nor is one that can't be unloaded (static, load-only, pinned).
    ///
    /// When a call was made is not written down anywhere, so time is measured from one `reap` to
    /// the next: a module is idle since the first one that saw its number of calls as it is, or
    /// since its load if it was not called at all. Who calls this as often as
    /// [`next`](Reaped::next) says unloads each module after its time at the earliest, and after
    /// twice that at the latest.
    ///
    /// [`start_reaper`](Self::start_reaper) does so on a thread. Call this instead where the
    /// program has a loop of its own.
    ///
    /// ```
    /// # use dlkm_rt::{Kernel, ModuleRoot};
    /// # let kernel = Kernel::boot(ModuleRoot::none())?;
    /// let reaped = kernel.reap();
    /// for (module, error) in &reaped.refused {
    ///     eprintln!("{module}: {error}");
    /// }
    /// assert!(reaped.next.is_none(), "there is nothing to wait for");
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    pub fn reap(&self) -> Reaped {
        self.reap_once().0
    }

    /// As [`reap`](Self::reap); also how many loads there had been when it looked.
    pub(super) fn reap_once(&self) -> (Reaped, u64) {
        self.finish(None);
        let (looks, loads) = {
            let table = self.control.lock();
            (Look::all(&table), table.loads)
        };
        let mut due = lock(&self.idle.0).look(Instant::now(), &looks);
        let mut reaped = Reaped::default();
        let mut resisted = Vec::new();
        // Each unload may be what others waited for.
        loop {
            let before = due.len();
            due.retain(|look| {
                let (as_seen, needed) = {
                    let table = self.control.lock();
                    let now = Look::at(&look.module, &table);
                    let as_seen = now.is_some_and(|now| now.is_like(look));
                    (as_seen, !table.dependants(&look.module).is_empty())
                };
                if !as_seen || needed {
                    return as_seen;
                }
                match self.unload_module(&look.module) {
                    Ok(()) => reaped.unloaded.push(look.module.clone()),
                    Err(UnloadError::NotLoaded { .. }) => {}
                    Err(error) => {
                        reaped.refused.push((look.module.clone(), error));
                        resisted.push(*look);
                    }
                }
                false
            });
            if due.len() == before {
                break;
            }
        }
        let now = Instant::now();
        let mut watch = lock(&self.idle.0);
        resisted.iter().for_each(|look| watch.refused(now, look));
        due.iter().for_each(|look| watch.needed(now, look));
        let gone = &reaped.unloaded;
        gone.iter().for_each(|module| watch.forget(module));
        reaped.next = watch.next(now);
        (reaped, loads)
    }
}
