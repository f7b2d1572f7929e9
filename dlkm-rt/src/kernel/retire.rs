//! Versions of modules that were replaced: each is unloaded when nobody is in it any more.

use super::control::{Running, Table};
use super::install::load_arg;
use super::{Event, Kernel};
use crate::loader::Mapped;
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

/// The image of a module that is unloaded, but for what it left behind: threads that run its code,
/// or values that others hold.
#[derive(Debug)]
pub(super) struct KeptImage {
    pub(super) module: String,
    pub(super) image: Arc<Mapped>,
}

impl KeptImage {
    /// Whether nothing of that is left. Then nothing can come either, as no stub leads there;
    /// what comes between the two looks, `Mapped`'s drop sees.
    fn is_unused(&self) -> bool {
        self.image.threads() == 0 && self.image.held() == 0
    }
}

impl Kernel {
    /// Lets the images go that were kept for threads or values that are gone.
    fn let_go(&self) {
        let unused: Vec<KeptImage> = {
            let mut table = self.control.lock();
            let unused: Vec<_> = table.kept.extract_if(.., |one| one.is_unused()).collect();
            for one in &unused {
                let others = table.kept.iter().any(|other| other.module == one.module);
                if !others {
                    table.record(&one.module).kept = None;
                }
            }
            unused
        };
        // Closes them, outside of the lock.
        drop(unused);
    }

    /// Ends the old versions that are out of use, of one module or of all.
    pub(super) fn finish(&self, module: Option<&str>) {
        self.let_go();
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
