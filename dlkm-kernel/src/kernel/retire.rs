//! Replaced versions of modules: each is unloaded when it is out of use.

use dlkm_metadata::small::{list, owned};

use super::control::Table;
use super::departed::unheld_calls;
use super::link;
use super::observe::Event;
use super::record::{Kept, KeptImage, Lasting, Retired, Running, load_arg};
use super::state::Kernel;
use crate::loader::Origin;
use crate::primitive::Arc;

impl Kernel {
    /// Unloads the old versions of upgraded modules that were still in use when the upgrade
    /// returned and are out of use now. Returns how many are left. It also releases the code of
    /// unloaded modules that was [kept](crate::ModuleInfo::kept) and that nothing needs any more.
    /// It does not wait. Each unload, upgrade and reap does the same.
    pub fn finish_retired(&self) -> usize {
        self.finish(None);
        self.control.lock().retired.len()
    }

    /// Releases the images that were kept for threads or values that are gone, and the modules that
    /// such an image could be in without a hold.
    pub(super) fn let_go(&self) {
        let (unused, mut departed) = {
            let mut table = self.control.lock();
            let unused = list(table.kept.extract_if(.., |one| one.is_unused()));
            for one in &unused {
                let others = table.kept.iter().any(|other| other.module == one.module);
                let record = table.record(&one.module);
                if !others && !matches!(record.kept, Some(Kept::Borrows { .. })) {
                    record.kept = None;
                }
            }
            (unused, table.departed.places())
        };
        // Closes them, outside the lock.
        drop(unused);
        // Without the table's lock: the dynamic linker has a lock of its own.
        departed.retain(|place| !place.is_mapped());
        if !departed.is_empty() {
            self.control.lock().departed.forget(&departed);
        }
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

    /// Runs the unload hook of a version that is out of use, and releases its image. If the hook
    /// fails or panics, other code may still rely on the image: it stays mapped forever.
    pub(super) fn end(&self, running: Running) {
        let hook = running.wrapper().map(|it| it.unload(&load_arg(&running)));
        let error = hook.and_then(Result::err);
        let module = owned(running.metadata.name());
        let version = owned(running.metadata.version());
        if error.is_some() {
            std::mem::forget(Arc::clone(&running.image));
        } else {
            running.image.end_states();
        }
        let left = running.image.heap();
        let (kept, retired) = {
            let mut table = self.control.lock();
            let record = table.record(&module);
            record.left = record.left.saturating_add(left);
            (table.drop_image(&running), table.take_retired(&running))
        };
        // Closes the image, outside the lock.
        drop((retired, running));
        self.observers.tell(&Event::Retired {
            module: &module,
            version: &version,
            error: error.as_ref(),
            kept,
            left,
        });
    }
}

impl Table {
    /// Removes an image that is no longer used. Its own stubs are unbound first: the system may
    /// keep it mapped for thread-local destructors, which may call them when the modules they were
    /// bound to are gone. Its code must stay if threads run it, or if values of it are held, and
    /// stays for good if something of it may be left behind.
    pub(super) fn drop_image(&mut self, running: &Running) -> Option<Kept> {
        let Origin::File(_) = running.origin else {
            return None;
        };
        let calls = unheld_calls(running, self.all_loaded());
        self.departed.add(running, calls);
        link::unbind_image(&running.image);
        self.images.remove(&running.image);
        if let Some(why) = running.image.stays_mapped() {
            let why = self.reason(why);
            let lasting = &mut self.record(running.metadata.name()).lasting;
            let images = lasting.map_or(0, |before| before.images) + 1;
            *lasting = Some(Lasting { images, why });
            return Some(Kept::Borrows { why });
        }
        let kept = match (running.image.threads(), running.image.values()) {
            (0, 0) => None,
            (0, values) => Some(Kept::Values(values)),
            (threads, _) => Some(Kept::Threads(threads)),
        };
        if kept.is_some() {
            // Neither detached nor closed until `Kernel::let_go` finds it unused.
            self.kept.push(KeptImage {
                module: owned(running.metadata.name()),
                image: Arc::clone(&running.image),
            });
        }
        kept
    }

    /// The same text for as long as the process runs; equal texts are one.
    fn reason(&mut self, text: &str) -> &'static str {
        let known = self.reasons.iter().find(|known| **known == text);
        known.copied().unwrap_or_else(|| {
            let text: &'static str = owned(text).leak();
            self.reasons.push(text);
            text
        })
    }

    fn take_retired(&mut self, running: &Running) -> Option<Retired> {
        let same = |one: &Retired| Arc::ptr_eq(&one.running.image, &running.image);
        let at = self.retired.iter().position(same)?;
        Some(self.retired.swap_remove(at))
    }
}
