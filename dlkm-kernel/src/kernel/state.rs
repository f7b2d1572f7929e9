//! The kernel of a process.

use std::borrow::Cow;

use dlkm_system::{SystemFile, same_name};

use super::configuration::Configuration;
use super::control::Control;
use super::idle_watch::Idle;
use super::info::{self, ModuleInfo};
use super::observe::{Observer, ObserverHandle, Observers};
use super::record::{ModuleRecord, Stage};
use super::report::Report;
use super::snapshot::Snapshot;
use super::tuned::Tuned;
use crate::loader::{Catalog, ModuleRoot};
use crate::metadata::Phase;
use crate::primitive::{Mutex, OnceLock, Permanent};
use crate::program::described::PanicHook;
use crate::services::Services;
use crate::services::c::CServices;

pub(super) static KERNEL: OnceLock<Permanent<Kernel>> = OnceLock::new();

/// The host's side of dlkm: it finds, loads and unloads modules. A process has one at most.
///
/// ```
/// use dlkm_rt::{Kernel, ModuleRoot};
///
/// // Static modules only, so no `unsafe`: see `ModuleRoot` for folders of images.
/// let kernel = Kernel::boot(ModuleRoot::none())?;
/// for module in kernel.modules() {
///     println!("{} is {}", module.name(), module.state());
/// }
/// # Ok::<(), dlkm_rt::BootError>(())
/// ```
#[derive(Debug)]
pub struct Kernel {
    pub(super) catalog: Catalog,
    pub(super) configuration: Configuration,
    /// The phase that was entered last.
    pub(super) phase: Mutex<Option<Phase>>,
    /// Whether modules that are linked in start at their first call only.
    pub(super) late_static: bool,
    pub(super) reports: Mutex<Vec<Report>>,
    pub(super) control: Control,
    pub(super) tuned: Tuned,
    pub(super) idle: Idle,
    pub(super) observers: Observers,
    /// The services that it offers each image that it opens.
    pub(super) services: &'static Services,
    pub(super) c_services: &'static CServices,
    /// The program's panic hook.
    pub(super) hook: PanicHook,
}

impl Kernel {
    /// The kernel of this process, if one was booted.
    pub fn get() -> Option<&'static Kernel> {
        KERNEL.get().map(|kernel| &**kernel)
    }

    /// The folder in which this kernel finds images.
    pub fn root(&self) -> &ModuleRoot {
        self.catalog.root()
    }

    /// The system file that this kernel follows, if its module root had one: that of the boot, or one
    /// that it has [adopted](Self::adopt) since.
    pub fn configuration(&self) -> Option<SystemFile> {
        self.configuration.file().map(|file| (*file).clone())
    }

    /// All modules, sorted by name, including those with an unusable image. For a loaded module it
    /// returns what was loaded, even if the file has changed since. It lists the module root each
    /// time, reads the images that are new or have changed since the last time, and runs no module's
    /// code. Of an image it does not look at what only the dynamic linker reads, such as relocations and
    /// the libraries that it needs. A load does, and so does [`module`](Self::module), so the list may have
    /// an image as unloaded that they refuse. A kernel that was booted with [`ModuleRoot::none`] lists its static modules only.
    ///
    /// A module root that does not exist or can't be read is in the list too, as an entry that is
    /// [`State::Failed`](crate::State::Failed). Its name and [file](ModuleInfo::file) are the
    /// folder's path, and its [error](ModuleInfo::error) has the cause
    /// [`Cause::Root`](crate::error::Cause::Root). So such a list is never empty, and still has the modules
    /// that are linked into the program or loaded. A program that can't go on without its module
    /// root looks for that entry:
    ///
    /// ```
    /// use dlkm_rt::{Kernel, ModuleInfo, ModuleRoot};
    ///
    /// // SAFETY: the folder does not exist.
    /// let root = unsafe { ModuleRoot::trusted("/no/such/folder") };
    /// let kernel = Kernel::boot(root)?;
    /// let modules = kernel.modules();
    /// let unreadable = modules.iter().find(|module| module.is_root());
    /// let error = unreadable.and_then(ModuleInfo::error).expect("the folder does not exist");
    /// assert!(error.to_string().starts_with("the module root /no/such/folder can't be read"));
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    pub fn modules(&self) -> Vec<ModuleInfo> {
        // Without the lock, because it reads files.
        let known = self.catalog.all();
        info::list(known, &self.control.lock())
    }

    /// One module, as [`modules`](Self::modules) lists it; `None` if there is no module of that
    /// name (`-` and `_` are one), and no file that should be its image. It reads no other file, and runs no module's
    /// code. If the image is unusable, [`ModuleInfo::error`] says why. If the module root can't be
    /// read, it is not known whether there is such a module: the error says so.
    ///
    /// ```
    /// # use dlkm_rt::{Kernel, ModuleRoot};
    /// # let kernel = Kernel::boot(ModuleRoot::none())?;
    /// assert!(kernel.module("gzip").is_none());
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    pub fn module(&self, name: &str) -> Option<ModuleInfo> {
        let name = &*self.spelled(name);
        if let Some(running) = self.control.lock().running(name) {
            return Some(ModuleInfo::loaded(running));
        }
        // Without the lock, because it reads the file.
        let known = self.catalog.named(name);
        info::one(name, known, &self.control.lock())
    }

    /// The name as the module has it: those who ask for a module may write `-` for `_`, and `_` for
    /// `-`, as in the system file.
    pub(super) fn spelled<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if !name.contains(['-', '_']) {
            return Cow::Borrowed(name);
        }
        let in_service = |record: &ModuleRecord| record.phase != Stage::Unloaded;
        let exact = self.control.lock().get(name).is_some_and(in_service);
        // Without the lock: this looks at files.
        if exact || self.catalog.has(name) {
            return Cow::Borrowed(name);
        }
        let other = {
            let table = self.control.lock();
            let mut all = table.records().filter(|(_, record)| in_service(record));
            let same = all.find(|(one, _)| same_name(one, name));
            same.map(|(one, _)| one.to_owned())
        };
        let other = other.or_else(|| self.catalog.other_spelling(name));
        other.map_or(Cow::Borrowed(name), Cow::Owned)
    }

    /// The state of each module that was ever loaded or requested. It reads no file and runs no
    /// module's code; it is cheap enough to be called every second.
    ///
    /// ```
    /// # use dlkm_rt::{Kernel, ModuleRoot};
    /// # let kernel = Kernel::boot(ModuleRoot::none())?;
    /// let now = kernel.snapshot();
    /// for module in &now {
    ///     println!("{}: {} calls in flight", module.name(), module.in_flight().unwrap_or(0));
    /// }
    /// // Or everything as a table.
    /// print!("{now}");
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.control)
    }

    /// Reports each load, unload and upgrade from now on to `observer`: a closure, or a type of
    /// your own that implements [`Observer`]. The handle removes it again; if you drop the handle,
    /// the observer stays.
    ///
    /// ```
    /// # use dlkm_rt::{Event, Kernel, ModuleRoot};
    /// # let kernel = Kernel::boot(ModuleRoot::none())?;
    /// // A closure needs the type of its argument.
    /// let observer = kernel.observe(|event: &Event<'_>| {
    ///     if let Event::LoadFailed { error, .. } = event {
    ///         eprintln!("{error}");
    ///     }
    /// });
    /// # kernel.load("nothing").unwrap_err();
    /// observer.remove();
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    pub fn observe(&self, observer: impl Observer + 'static) -> ObserverHandle {
        self.observers.add(observer)
    }
}
