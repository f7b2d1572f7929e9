//! Idle modules: those that had no call for the time that their `idle` says.

use std::time::{Duration, Instant};

use super::idle_watch::Look;
use super::state::Kernel;
use crate::error::UnloadError;
use crate::primitive::lock;

/// What [`Kernel::reap`] did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reaped {
    /// The modules that it unloaded, in order.
    pub unloaded: Vec<String>,
    /// The modules that were idle but could not be unloaded, with the reason: an unload hook that
    /// failed, or a call that came in between. `reap` tries them again after another idle time.
    pub refused: Vec<(String, UnloadError)>,
    /// The time until there may be something to do again; `None` while no loaded module has
    /// `idle`.
    pub next: Option<Duration>,
}

impl Kernel {
    /// Unloads each loaded module with `idle = "..."` that had no call for that time, and has no
    /// call in flight, no thread that holds it, and no value that is held. It unloads a module
    /// before the modules that it depends on. It leaves alone a module without `idle`, one that
    /// can't be unloaded (static, load-only, pinned), and one whose image would stay mapped after
    /// the unload (see [`Kept::Borrows`](crate::Kept::Borrows)): unloading it would free little,
    /// and each later load would need memory of its own. [`unload`](Self::unload) unloads it.
    ///
    /// The kernel does not record the time of calls, so it measures from one `reap` to the next: a
    /// module is idle since the first `reap` that saw its present number of calls, or since its
    /// load if it was never called. If you call this as often as [`next`](Reaped::next) says, each
    /// module is unloaded after its idle time at the earliest, and after twice that time at the
    /// latest.
    ///
    /// [`start_reaper`](Self::start_reaper) does this on a thread. Call `reap` instead if the
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

    /// Like [`reap`](Self::reap); also returns how many loads there had been when it looked.
    pub(super) fn reap_once(&self) -> (Reaped, u64) {
        self.finish(None);
        let (looks, loads) = {
            let table = self.control.lock();
            (Look::all(&table), table.loads)
        };
        let mut due = lock(&self.idle.0).look(Instant::now(), &looks);
        let mut reaped = Reaped::default();
        let mut resisted = Vec::new();
        // Each unload may allow another one.
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
