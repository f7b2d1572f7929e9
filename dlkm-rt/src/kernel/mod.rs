//! The kernel: one a process. Its parts carry the names of the seeds' module subsystem:
//! `control` keeps records and states (part 170), `install` brings modules in and takes
//! them out (174), `link` binds stubs to exports (172).

mod control;
mod depend;
mod direct;
mod idle;
mod info;
mod install;
mod link;
mod observe;
mod reaper;
mod resolve;
mod retire;
mod services;
mod snapshot;
#[cfg(feature = "tracing")]
mod trace_events;
mod upgrade;

use crate::error::{BootError, Cause, LoadError, UnloadError, UpgradeError};
use crate::image;
use crate::loader::{Catalog, Mapped, ModuleRoot};
use crate::metadata::{Metadata, ModuleState};
use crate::own_build::OWN;
use crate::primitive::OnceLock;

use control::Control;
use idle::Idle;
use install::Ask;
use observe::Observers;

pub use idle::Reaped;
pub use info::{ModuleInfo, State};
pub use observe::{Event, Kept, Observer};
pub use reaper::Reaper;
pub(crate) use services::SERVICES;
pub use snapshot::{ModuleSnapshot, Snapshot};
#[cfg(feature = "tracing")]
pub use trace_events::TraceEvents;
pub use upgrade::Upgrade;

static KERNEL: OnceLock<Kernel> = OnceLock::new();

/// The host's side of dlkm: finds, loads and unloads modules. There is one in a process.
///
/// ```
/// use dlkm_rt::{Kernel, ModuleRoot};
///
/// // Static modules only, hence no `unsafe`: see `ModuleRoot` for folders of images.
/// let kernel = Kernel::boot(ModuleRoot::none())?;
/// assert!(kernel.modules().is_empty());
/// # Ok::<(), dlkm_rt::BootError>(())
/// ```
#[derive(Debug)]
pub struct Kernel {
    catalog: Catalog,
    control: Control,
    idle: Idle,
    observers: Observers,
}

impl Kernel {
    /// Boots the kernel, which finds images in `root`. Call it first thing in `main`: a
    /// stub called earlier fails or takes its fallback. Nothing is loaded, and the root is
    /// not looked at, until the first call; but a static module whose functions are called
    /// directly (`DLKM_STATIC`) is loaded here, with what it depends on, since no call would
    /// ask for it.
    ///
    /// # Errors
    /// A kernel is booted already, two static modules have the same name, or one that is called
    /// directly can't be loaded: its hook refused, or what it depends on is missing. There is a
    /// kernel then, but calls of that module reach what its hook has not made ready: don't go on.
    pub fn boot(root: ModuleRoot) -> Result<&'static Kernel, BootError> {
        let mut linked: Vec<(Metadata, &'static crate::module::Wrapper)> = Vec::new();
        for wrapper in image::of_host().modules {
            let metadata = Metadata::parse_for(wrapper.metadata, &OWN).map_err(|error| {
                BootError::Static(LoadError::new(wrapper.declared_at, Cause::Static(error)))
            })?;
            let twin = linked
                .iter()
                .find(|(known, _)| known.name() == metadata.name());
            if let Some((_, twin)) = twin {
                return Err(BootError::DuplicateModule {
                    module: metadata.name().to_owned(),
                    first: twin.declared_at.to_owned(),
                    second: wrapper.declared_at.to_owned(),
                });
            }
            if !metadata.supports(ModuleState::Static) {
                let cause = Cause::State {
                    state: ModuleState::Static,
                };
                return Err(BootError::Static(LoadError::new(metadata.name(), cause)));
            }
            linked.push((metadata, wrapper));
        }
        let first = direct::modules(&linked)?;
        let kernel = Kernel {
            catalog: Catalog::new(root, linked),
            control: Control::new(Mapped::host()),
            idle: Idle::default(),
            observers: Observers::default(),
        };
        // First: who sees the kernel can call through it.
        image::booted(&SERVICES.calls);
        KERNEL.set(kernel).map_err(|_| BootError::AlreadyBooted)?;
        let kernel = KERNEL.get().ok_or(BootError::AlreadyBooted)?;
        for module in first {
            kernel
                .load_module(&module, Ask::Boot)
                .map_err(BootError::Static)?;
        }
        Ok(kernel)
    }

    /// The kernel of this process, if it was booted.
    pub fn get() -> Option<&'static Kernel> {
        KERNEL.get()
    }

    /// Where this kernel finds images.
    pub fn root(&self) -> &ModuleRoot {
        self.catalog.root()
    }

    /// Loads `module` now, and waits until it is loaded. Does nothing if it is. A load that
    /// failed before is tried again.
    ///
    /// # Errors
    /// Whatever step failed; the module is then as it was before.
    pub fn load(&self, module: &str) -> Result<(), LoadError> {
        {
            let mut table = self.control.lock();
            table.forget_providers();
            link::forget_failures(&table);
        }
        self.load_module(module, Ask::Name).map(drop)
    }

    /// Unloads `module`: its stubs load it again. Once this returns `Ok`, no call is in it. That
    /// is a statement about calls: threads that it has started, and not stopped in its unload
    /// hook, go on, and its code is then kept for them, which [`Event::Unloaded`] and
    /// [`ModuleInfo::kept`] say. The system may keep it mapped too, for thread-local data. The
    /// next load begins anew in any case, then with a copy of the file: see [`ModuleInfo::copy`].
    ///
    /// # Errors
    /// The module is busy, held by values or threads, not loaded, static, load-only or pinned, or
    /// its unload hook refused. It then goes on working.
    pub fn unload(&self, module: &str) -> Result<(), UnloadError> {
        self.finish(Some(module));
        self.unload_module(module)
    }

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

    /// Unloads the old versions of upgraded modules that were still in use when the upgrade
    /// returned and are not any more. Returns how many are left. It also lets the code of
    /// unloaded modules go that was [kept](ModuleInfo::kept) and that nothing needs any more. It
    /// does not wait. Each unload, upgrade and reap does the same.
    pub fn finish_retired(&self) -> usize {
        self.finish(None);
        self.control.lock().retired.len()
    }

    /// Every module there is, sorted by name, those with an unusable image too. One that is
    /// loaded is told as it was loaded, whatever became of its file. It reads
    /// the module root anew, which counts as empty if it can't be read, and runs no module's
    /// code.
    pub fn modules(&self) -> Vec<ModuleInfo> {
        info::list(self)
    }

    /// How each module fares that this kernel has had to do with: those that were loaded, or
    /// were to be. No file is read and no module's code runs; it is cheap enough to be called
    /// each second.
    ///
    /// ```
    /// # use dlkm_rt::{Kernel, ModuleRoot};
    /// # let kernel = Kernel::boot(ModuleRoot::none())?;
    /// let now = kernel.snapshot();
    /// for module in &now {
    ///     println!("{}: {} calls in flight", module.name(), module.in_flight().unwrap_or(0));
    /// }
    /// // Or the whole as a table.
    /// print!("{now}");
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.control)
    }

    /// Tells `observer` of every load and unload from now on.
    pub fn observe(&self, observer: impl Observer + 'static) {
        self.observers.add(observer);
    }
}
