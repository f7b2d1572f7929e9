//! Replaces a loaded module by another version.
//!
//! Both are mapped for a while. Each slot moves from the old function to the new one by one
//! store, so no call finds the module unloaded. Until then the old version serves, and it
//! continues if anything fails; after that it is [`retired`](super::retire).

use std::time::Instant;

use super::UpgradeError;
use super::control::Table;
use super::info::ModuleInfo;
use super::link;
use super::mark::Mark;
use super::observe::Event;
use super::record::{Retired, Running, Stay, load_arg, me};
use super::request::{AskedBy, Request};
use super::state::Kernel;
use super::stays::Stays;
use crate::call::hold_registry;
use crate::error::HookError;
use crate::error::LoadError;
use crate::loader::Mapped;
use crate::metadata::{BuildId, Metadata};
use crate::os;
use crate::primitive::{Arc, LOOKS, yield_now};

/// What [`Kernel::upgrade`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upgrade {
    /// The version that served before.
    pub from: String,
    /// The version that serves now.
    pub to: String,
    /// The build that served before, if its image has a build id.
    pub from_build: Option<BuildId>,
    /// The build that serves now, if its image has a build id.
    pub to_build: Option<BuildId>,
    /// Whether nothing was done, because the image in the module root is the build that serves: its
    /// build id and its metadata are the same, or without a build id, it is the same file. The module keeps its state, no hook runs, and there
    /// is no event.
    pub unchanged: bool,
    /// Whether the old version is out of use, and its unload hook has run. If not, it still has
    /// calls in flight or values that are held; once they have ended, the next unload or upgrade
    /// of the module, or [`Kernel::finish_retired`], unloads it.
    pub drained: bool,
}

impl Kernel {
    /// Replaces the loaded version of `module` by the version that is in the module root now,
    /// while other threads call it: one of the two answers each call, and no call finds the module
    /// unloaded. The new version answers calls that begin after this has returned.
    ///
    /// The kernel checks the new image as for a load; it must also have everything that callers of
    /// the old one use. Its load hook runs while the old version serves;
    /// [`LoadArg`](crate::declare::module::LoadArg) names the old version, and has the bytes that its save hook
    /// returned (`#[module(save = …)]`). Then the kernel moves all stubs. When the old version has
    /// no call any more, its unload hook runs and it is closed. This function waits for that only
    /// a short time: see [`Upgrade::drained`].
    ///
    /// State that the old version changes between its save hook and the move is lost, unless the
    /// author provides for it.
    ///
    /// If the module root has the build that serves already, this does nothing:
    /// [`Upgrade::unchanged`] is true. A module that has panicked and must not be called again is
    /// replaced all the same. An image without a build id (`readelf -n` shows it) is the build that
    /// serves only if it is the very file that was loaded; any other file replaces it, even one with
    /// the same content, and so does the file of which the kernel had to load a copy in memory
    /// ([`ModuleInfo::copy`](crate::ModuleInfo::copy)).
    ///
    /// ```
    /// use dlkm_rt::{Kernel, ModuleRoot, UpgradeError};
    ///
    /// let kernel = Kernel::boot(ModuleRoot::none())?;
    /// match kernel.upgrade("weather") {
    ///     Ok(done) if done.unchanged => println!("{} is the newest", done.to),
    ///     Ok(done) => println!("{} → {}", done.from, done.to),
    ///     Err(UpgradeError::NotLoaded { .. }) => println!("nothing to do"),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    ///
    /// # Errors
    /// The module is not loaded, static, load-only or pinned; the caller is inside it; the new
    /// version is missing, is refused, or its load hook fails; the old version's save hook fails.
    /// The old version then continues to serve.
    pub fn upgrade(&self, module: &str) -> Result<Upgrade, UpgradeError> {
        self.upgrade_module(&self.spelled(module))
    }

    pub(super) fn upgrade_module(&self, module: &str) -> Result<Upgrade, UpgradeError> {
        let start = Instant::now();
        self.finish(Some(module));
        let (result, drained) = match self.begin_upgrade(module) {
            Ok((old, _mark)) => {
                let from = old.metadata.version().to_owned();
                let from_build = os::build_id(old.image.address());
                if self.serves_newest(&old, from_build.as_ref()) {
                    return Ok(Upgrade {
                        to: from.clone(),
                        from,
                        to_build: from_build.clone(),
                        from_build,
                        unchanged: true,
                        drained: true,
                    });
                }
                match self.replace(&old, start) {
                    Ok(new) => {
                        // Dropped here, because otherwise the image would not be closed.
                        let which = Arc::as_ptr(&old.image);
                        drop(old);
                        let drained = self.drain(module, which);
                        (Ok((from, from_build, new)), drained)
                    }
                    Err(error) => (Err(error), false),
                }
            }
            Err(error) => (Err(error), false),
        };
        // Only now, without the mark: an observer may unload or upgrade the module.
        match result {
            Ok((from, from_build, New { info, build })) => {
                self.observers.tell(&Event::Upgraded {
                    module: &info,
                    build: build.as_ref(),
                    from: &from,
                    from_build: from_build.as_ref(),
                    took: start.elapsed(),
                    drained,
                });
                if let Some(metadata) = info.metadata() {
                    self.tell_unknown_tunables(metadata);
                }
                Ok(Upgrade {
                    from,
                    to: info.version().unwrap_or_default().to_owned(),
                    from_build,
                    to_build: build,
                    unchanged: false,
                    drained,
                })
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
        // Waiting fails if this thread itself is loading, unloading or upgrading the module.
        let mut table = self
            .control
            .settle_wholly(self.control.lock(), module)
            .map_err(|_| UpgradeError::Busy { module: named() })?;
        let old = upgradable(&table, module)?;
        if hold_registry::inside(&old.metadata.counted_names()) {
            return Err(UpgradeError::Inside { module: named() });
        }
        if !os::heavy_barrier() {
            return Err(UpgradeError::NoBarrier { module: named() });
        }
        table.record(module).upgrading = Some(me());
        let control = &self.control;
        Ok((old, Mark { control, module }))
    }

    /// Whether the module root has the very build that serves, which may be called. Whatever is wrong
    /// with the file is for [`bring_in`](Self::bring_in) to report.
    fn serves_newest(&self, old: &Running, build: Option<&BuildId>) -> bool {
        let module = old.metadata.name();
        if self.control.lock().distrusted(module).is_some() {
            return false;
        }
        let Ok(found) = self.catalog.look(module) else {
            return false;
        };
        let Some(image) = found.image.filter(|_| found.metadata == old.metadata) else {
            return false;
        };
        let Some(build) = build else {
            return old.image.is_of(image.file());
        };
        let of_file = BuildId::read_from(image.file()).ok().flatten();
        of_file.as_ref() == Some(build)
    }

    /// Loads the new version and puts it into service. After an error everything is as before, as
    /// far as the modules that were loaded for it can be unloaded.
    fn replace(&self, old: &Running, start: Instant) -> Result<New, UpgradeError> {
        let module = old.metadata.name();
        let mut brought = Vec::new();
        let result = self.bring_in(old, start, &mut brought);
        if result.is_err() {
            self.give_back(module, &old.depends, &brought);
        }
        result
    }

    fn bring_in(
        &self,
        old: &Running,
        start: Instant,
        brought: &mut Vec<String>,
    ) -> Result<New, UpgradeError> {
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
        let new = self.prepare(request, &fits, brought).map_err(refused)?;
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
        self.hand_over(old, &new);
        let arg = load_arg(&new).of_upgrade(serving(), state);
        self.run_load_hook(&new, &arg).map_err(refused)?;

        let info = ModuleInfo::loaded(&new);
        let build = os::build_id(new.image.address());
        match self.put_into_service(old, &new, start) {
            Ok(()) => Ok(New { info, build }),
            Err(error) => {
                self.end(new);
                Err(match error {
                    Unfit::For(error) => error,
                    Unfit::Caller(source) => refused(source),
                })
            }
        }
    }

    /// Runs the save hook, unless the module has panicked: its state would not be reliable.
    fn save(&self, old: &Running) -> Result<Option<Vec<u8>>, HookError> {
        match old.wrapper() {
            Some(wrapper) if self.trusts(old) => wrapper.save(&load_arg(old)).transpose(),
            _ => Ok(None),
        }
    }

    /// Lets the new version use the states of the old one, unless the module has panicked.
    fn hand_over(&self, old: &Running, new: &Running) {
        if let (Some(from), Some(to)) = (old.wrapper(), new.wrapper())
            && self.trusts(old)
        {
            from.hand_over(to);
        }
    }

    /// Whether the module may still be asked for its state.
    fn trusts(&self, old: &Running) -> bool {
        let table = self.control.lock();
        table.distrusted(old.metadata.name()).is_none()
    }

    /// Moves the stubs to the new version.
    fn put_into_service(&self, old: &Running, new: &Running, start: Instant) -> Result<(), Unfit> {
        let module = old.metadata.name();
        let stay = Stay::begin(new, start);
        let mut table = self.control.lock();
        // In the meantime a `#[stub]` may have been called, or an image loaded that the new
        // version does not fit.
        upgradable(&table, module).map_err(Unfit::For)?;
        link::check_successor(&table, old, &new.metadata).map_err(Unfit::Caller)?;
        table.put(module, Some(new.clone()));
        let record = table.record(module);
        record.distrusted = None;
        record.stay = Some(stay);
        record.depends = new.depends.clone();
        link::succeed(&table, old, new);
        table.loads += 1;
        table.forget_providers();
        table.retired.push(Retired::new(old.clone()));
        Ok(())
    }

    /// Waits a short time for the end of an old version; returns whether it ended.
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

/// What serves after an upgrade.
struct New {
    info: ModuleInfo,
    build: Option<BuildId>,
}

/// Why a new version can't be put into service after all.
enum Unfit {
    For(UpgradeError),
    Caller(LoadError),
}

/// The loaded version of `module`, if its calls can be tracked.
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
