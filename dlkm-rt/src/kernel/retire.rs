//! Versions of modules that were replaced: each is unloaded when nobody is in it any more.

use super::control::{Running, Table};
use super::install::load_arg;
use super::{Event, Kernel};
use crate::os;
use crate::primitive::Arc;
use crate::records::{self, Pending};

/// A version that no slot leads to.
#[derive(Debug)]
pub(super) struct Retired {
    pub(super) running: Running,
    /// The calls that may still be in it. `None` until a barrier has made them visible.
    pending: Option<Pending>,
    /// Its unload hook runs.
    ending: bool,
}

impl Retired {
    pub(super) fn new(running: Running) -> Self {
        Retired {
            running,
            pending: None,
            ending: false,
        }
    }

    /// Whether nobody is in it, and nobody can come back to it.
    fn is_unused(&mut self) -> bool {
        if self.pending.is_none() && os::heavy_barrier() {
            // From here on a call either found its slot moved, or its entry is visible to us:
            // the heavy half of `os::light_barrier` in `HoldPlace::enter`.
            let interfaces = self.running.metadata.interface_names();
            self.pending = Some(records::pending(&interfaces));
        }
        let settled = self.pending.as_mut().is_some_and(Pending::settled);
        // In this order: while no call is in it, nobody makes a first value or thread.
        let image = &self.running.image;
        settled && image.held() <= self.running.registered && image.holding_threads() == 0
    }
}

impl Kernel {
    /// Ends the old versions that are out of use, of one module or of all.
    pub(super) fn finish(&self, module: Option<&str>) {
        loop {
            let mut table = self.control.lock();
            let of_module =
                |one: &Retired| module.is_none_or(|module| one.running.metadata.name() == module);
            let mut waiting = table.retired.iter_mut().filter(|one| !one.ending);
            let ready = waiting.find_map(|one| {
                let ready = of_module(one) && one.is_unused();
                ready.then_some(one)
            });
            let Some(one) = ready else { return };
            one.ending = true;
            let running = one.running.clone();
            drop(table);
            self.end(running);
        }
    }

    /// Runs the unload hook of a version that nobody is in, and lets its image go. If the hook
    /// refuses or panics, others may rely on the image for ever: it stays mapped.
    pub(super) fn end(&self, running: Running) {
        let hook = running.provider().map(|it| it.unload(&load_arg(&running)));
        let error = hook.and_then(Result::err);
        let module = running.metadata.name().to_owned();
        let version = running.metadata.version().to_owned();
        if error.is_some() {
            std::mem::forget(Arc::clone(&running.image));
        }
        let (kept, retired) = {
            let mut table = self.control.lock();
            (table.drop_image(&running), table.take_retired(&running))
        };
        // Closes the image, outside of the lock.
        drop((retired, running));
        self.observers.tell(&Event::Retired {
            module: &module,
            version: &version,
            error: error.as_ref(),
            kept,
        });
    }
}

impl Table {
    fn take_retired(&mut self, running: &Running) -> Option<Retired> {
        let same = |one: &Retired| Arc::ptr_eq(&one.running.image, &running.image);
        let at = self.retired.iter().position(same)?;
        Some(self.retired.swap_remove(at))
    }
}
