//! Puts another version of a module in the place of one that serves.
//!
//! Both are mapped for a while. Each slot goes from the old function to the new one by one
//! store, so no call meets a module that is not there. Until then the old version serves, and
//! goes on if anything fails; after that it is [`retired`](super::retire).

use std::time::Instant;

use super::control::{Control, Table};
use super::info::ModuleInfo;
use super::link;
use super::observe::Event;
use super::record::{Retired, Running, Stay, load_arg, me};
use super::request::{AskedBy, Request};
use super::state::Kernel;
use super::stays::Stays;
use crate::call::hold_registry;
use crate::error::HookError;
use crate::error::{LoadError, UpgradeError};
use crate::loader::Mapped;
use crate::metadata::Metadata;
use crate::os;
use crate::primitive::{Arc, LOOKS, yield_now};

/// What [`Kernel::upgrade`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upgrade {
    /// The version that served.
    pub from: String,
    /// The version that serves now.
    pub to: String,
    /// Whether the old version is out of use, and its unload hook has run. If not, calls are
    /// still in it or values of it are held; the next unload or upgrade of the module, or
    /// [`Kernel::finish_retired`], unloads it once they have ended.
    pub drained: bool,
}

/// Keeps others from unloading or upgrading the module meanwhile.
struct Mark<'a> {
    control: &'a Control,
    module: &'a str,
}

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        let mut table = self.control.lock();
        table.record(self.module).upgrading = None;
        self.control.changed(&table);
    }
}

impl Kernel {
    /// Puts the version of `module` that is in the module root now in the place of the one that
    /// is loaded, while others call: each call is answered by one of the two, and none finds the
    /// module gone. Calls that begin after this has returned are answered by the new one.
    ///
    /// The new image is checked as for a load, and must have all that callers of the old one use.
    /// Its load hook runs while the old version serves; [`LoadArg`](crate::LoadArg) says so, and
    /// has what the old version's save hook returned (`#[module(save = …)]`). Then all stubs are
    /// moved, and when nobody is in the old version any more, its unload hook runs and it is
    /// closed. This waits a while for that, but not for ever: see [`Upgrade::drained`].
    ///
    /// What the old version changes between its save hook and the move is lost, unless the
    /// author provides for it.
    ///
    /// ```
    /// use dlkm_rt::{Kernel, ModuleRoot, UpgradeError};
    ///
    /// let kernel = Kernel::boot(ModuleRoot::none())?;
    /// match kernel.upgrade("weather") {
    ///     Ok(done) => println!("{} → {}", done.from, done.to),
    ///     Err(UpgradeError::NotLoaded { .. }) => println!("nothing to do"),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    ///
    /// # Errors
    /// The module is not loaded, static, load-only or pinned; the caller is inside of it; the new
    /// version is missing, is refused, or its load hook fails; the old version's save hook fails.
    /// The old version then goes on serving.
    pub fn upgrade(&self, module: &str) -> Result<Upgrade, UpgradeError> {
        self.upgrade_module(module)
    }

    pub(super) fn upgrade_module(&self, module: &str) -> Result<Upgrade, UpgradeError> {
        let start = Instant::now();
        self.finish(Some(module));
        let (result, drained) = match self.begin_upgrade(module) {
            Ok((old, _mark)) => {
                let from = old.metadata.version().to_owned();
                match self.replace(&old, start) {
                    Ok(info) => {
                        // Not held by this, or it would never be closed.
                        let which = Arc::as_ptr(&old.image);
                        drop(old);
                        let drained = self.drain(module, which);
                        (Ok((from, info)), drained)
                    }
                    Err(error) => (Err(error), false),
                }
            }
            Err(error) => (Err(error), false),
        };
        // Only now, without the mark: an observer may do as it likes.
        match result {
            Ok((from, info)) => {
                self.observers.tell(&Event::Upgraded {
                    module: &info,
                    from: &from,
                    took: start.elapsed(),
                    drained,
                });
                let to = info.version().unwrap_or_default().to_owned();
                Ok(Upgrade { from, to, drained })
            }
            Err(error) => {
                let event = Event::UpgradeFailed {
                    module,
                    error: &error,
                };
                self.observers.tell(&event);
                Err(error)
            }
        }
    }

    fn begin_upgrade<'a>(&'a self, module: &'a str) -> Result<(Running, Mark<'a>), UpgradeError> {
        let named = || module.to_owned();
        // Waiting fails where this very thread is at work on the module.
        let mut table = self
            .control
            .settle_wholly(self.control.lock(), module)
            .map_err(|_| UpgradeError::Busy { module: named() })?;
        let old = upgradable(&table, module)?;
        if hold_registry::inside(&old.metadata.interface_names()) {
            return Err(UpgradeError::Inside { module: named() });
        }
        if !os::heavy_barrier() {
            return Err(UpgradeError::NoBarrier { module: named() });
        }
        table.record(module).upgrading = Some(me());
        let control = &self.control;
        Ok((old, Mark { control, module }))
    }

    /// Brings the new version in and puts it into service. On an error all is as before, as far
    /// as the modules that were loaded for it can be unloaded.
    fn replace(&self, old: &Running, start: Instant) -> Result<ModuleInfo, UpgradeError> {
        let module = old.metadata.name();
        let mut brought = Vec::new();
        let result = self.bring_in(old, start, &mut brought);
        if result.is_err() {
            self.give_back(module, old.metadata.depends(), &brought);
        }
        result
    }

    fn bring_in(
        &self,
        old: &Running,
        start: Instant,
        brought: &mut Vec<String>,
    ) -> Result<ModuleInfo, UpgradeError> {
        let module = old.metadata.name();
        let serving = || old.metadata.version().to_owned();
        let refused = |source| UpgradeError::Refused {
            module: module.to_owned(),
            serving: serving(),
            source,
        };
        let fits = |table: &Table, metadata: &Metadata| {
            link::check(table, metadata)?;
            link::check_successor(table, old, metadata)
        };
        let request = Request::new(module, AskedBy::Name);
        let mut new = self.prepare(request, &fits, brought).map_err(refused)?;
        let state = match self.save(old) {
            Ok(state) => state,
            Err(source) => {
                self.control.lock().drop_image(&new);
                return Err(UpgradeError::Save {
                    module: module.to_owned(),
                    serving: serving(),
                    source,
                });
            }
        };
        let mut arg = load_arg(&new);
        arg.upgrade_from = Some(serving());
        arg.state = state;
        self.run_load_hook(&mut new, &arg).map_err(refused)?;

        let info = ModuleInfo::loaded(&new);
        match self.put_into_service(old, &new, start) {
            Ok(()) => Ok(info),
            Err(error) => {
                self.end(new);
                Err(match error {
                    Unfit::For(error) => error,
                    Unfit::Caller(source) => refused(source),
                })
            }
        }
    }

    /// What a module that panicked would hand over is not to be relied on.
    fn save(&self, old: &Running) -> Result<Option<Vec<u8>>, HookError> {
        let distrusted = |table: &Table| table.distrusted(old.metadata.name()).is_some();
        match old.wrapper() {
            Some(wrapper) if !distrusted(&self.control.lock()) => {
                wrapper.save(&load_arg(old)).transpose()
            }
            _ => Ok(None),
        }
    }

    /// The moment of the upgrade.
    fn put_into_service(&self, old: &Running, new: &Running, start: Instant) -> Result<(), Unfit> {
        let module = old.metadata.name();
        let stay = Stay::begin(new, start);
        let mut table = self.control.lock();
        // Meanwhile a `#[stub]` may have been called, or an image was loaded that the new
        // version does not fit.
        upgradable(&table, module).map_err(Unfit::For)?;
        link::check_successor(&table, old, &new.metadata).map_err(Unfit::Caller)?;
        let record = table.record(module);
        record.distrusted = None;
        record.running = Some(new.clone());
        record.stay = Some(stay);
        record.depends = new.metadata.depends().to_vec();
        link::succeed(&table, old, new);
        table.loads += 1;
        table.forget_providers();
        table.retired.push(Retired::new(old.clone()));
        Ok(())
    }

    /// Waits a while for the end of an old version; returns whether it came.
    fn drain(&self, module: &str, old: *const Mapped) -> bool {
        for _ in 0..LOOKS {
            self.finish(Some(module));
            let table = self.control.lock();
            let mut left = table.retired.iter();
            if !left.any(|one| Arc::as_ptr(&one.running.image) == old) {
                return true;
            }
            drop(table);
            yield_now();
        }
        false
    }
}

/// Why a new version can't be put into service after all.
enum Unfit {
    For(UpgradeError),
    Caller(LoadError),
}

/// What is loaded as `module`, if calls of it can be told.
fn upgradable(table: &Table, module: &str) -> Result<Running, UpgradeError> {
    let Some(running) = table.running(module).cloned() else {
        let module = module.to_owned();
        return Err(UpgradeError::NotLoaded { module });
    };
    if let Some(stays) = Stays::of(table, &running) {
        return Err(stays.upgrade_error(module));
    }
    Ok(running)
}
