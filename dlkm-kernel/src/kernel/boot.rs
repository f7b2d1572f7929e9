//! Boots the kernel.

use dlkm_metadata::small::{list, owned};

use super::boot_direct;
use super::c_services::KERNEL_C_SERVICES;
use super::configuration::Configuration;
use super::contested::Contested;
use super::control::Control;
use super::idle_watch::Idle;
use super::join::DOOR;
use super::observe::{Observer, Observers};
use super::request::{AskedBy, Request};
use super::services::KERNEL_SERVICES;
use super::state::{KERNEL, Kernel};
use super::tuned::Tuned;
use crate::declare::module::{Gathered, Wrapper};
use crate::error::{BootError, Failed, LoadError, boot_error, cause};
use crate::image::door::{self, Door};
use crate::loader::{Catalog, Mapped, ModuleRoot, Trust};
use crate::metadata::{Metadata, ModuleState, Phase};
use crate::os;
use crate::own_build::OWN;
use crate::primitive::{Mutex, Permanent};
use crate::program::described::Program;
use crate::services::{Services, ask};
use crate::sorted::sort_by;

/// How a kernel is booted, beyond its module root.
///
/// ```
/// use dlkm_rt::{BootOptions, Event, ModuleRoot};
///
/// let kernel = BootOptions::new()
///     .observe(|event: &Event<'_>| println!("{event:?}"))
///     .boot(ModuleRoot::none())?;
/// # let _ = kernel;
/// # Ok::<(), dlkm_rt::BootError>(())
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct BootOptions {
    observers: Observers,
    late_static: bool,
}

impl BootOptions {
    /// Those of [`Kernel::boot`].
    pub fn new() -> Self {
        BootOptions::default()
    }

    /// Reports events to `observer` from the first one on, as [`Kernel::observe`] does from when it
    /// is called.
    pub fn observe(self, observer: impl Observer + 'static) -> Self {
        self.observers.add(observer);
        self
    }

    /// Starts a module that is linked in at its first call, or when it is loaded by name. Until then
    /// its weak stubs take their fallbacks. (A module that is called directly, by `DLKM_STATIC`, is
    /// started all the same, because no call would start it.)
    pub fn static_on_first_call(mut self) -> Self {
        self.late_static = true;
        self
    }

    /// Boots the kernel: see [`Kernel::boot`].
    ///
    /// # Errors
    /// As for [`Kernel::boot`].
    pub fn boot(self, root: ModuleRoot) -> Result<&'static Kernel, BootError> {
        boot(self, root, Place::here())
    }
}

impl Kernel {
    /// Boots the kernel, which finds images in `root`. Call it first in `main`: a
    /// stub called earlier fails or takes its fallback.
    ///
    /// This is the first [phase](Kernel::enter) of the boot. It reads the file `system` in the root,
    /// if there is one, starts the modules that are linked into the host, and loads those that the
    /// file puts into this phase. It loads no other image, and does not look for any. A module that
    /// can't be loaded is in [`reports`](Kernel::reports). [`BootOptions`] has more choices.
    ///
    /// If the process has std's own panic hook, the kernel replaces it by one that prints the same,
    /// but for a module's panic the place in the module and a backtrace that names the module's
    /// functions. A hook of the host's, set before or afterwards, stays.
    ///
    /// # Errors
    /// A kernel is already booted, two static modules have the same name, a tunable that is linked in
    /// belongs to no module or to several, or the system file can't be used. Or a module can't be loaded that is critical or called directly, because its hook failed
    /// or a dependency is missing: then the kernel is booted, but do not continue, as calls of that
    /// module may run code that its hook has not prepared. In a loaded module a kernel is always
    /// booted: that of the host.
    pub fn boot(root: ModuleRoot) -> Result<&'static Kernel, BootError> {
        BootOptions::new().boot(root)
    }
}

/// Where a kernel is booted.
pub(super) struct Place {
    pub(super) program: Program,
    /// The services for images.
    pub(super) services: &'static Services,
    /// What the kernel announces.
    pub(super) door: &'static Door,
}

impl Place {
    /// In the image of this copy of the runtime.
    fn here() -> Self {
        Place {
            program: Program::this(),
            services: &KERNEL_SERVICES,
            door: &DOOR,
        }
    }
}

/// Boots the kernel of this copy of the runtime.
pub(super) fn boot(
    options: BootOptions,
    root: ModuleRoot,
    place: Place,
) -> Result<&'static Kernel, BootError> {
    let Place {
        program,
        services,
        door,
    } = place;
    if ask::is_attached() || ask::is_booted() {
        // The kernel of this process is the host's. One in this image would make errors with
        // code and texts of the image, and `LoadError` may leave it (see `error/crossing.rs`).
        return Err(BootError::AlreadyBooted);
    }
    if door::door().is_some_and(|door| door.of_stubs) {
        return Err(BootError::BootedByStubs);
    }
    let mut linked: Vec<(Metadata, &'static Wrapper)> = Vec::new();
    for wrapper in program.image.modules {
        let metadata = Metadata::parse_for(&wrapper.text(), &OWN).map_err(|source| {
            BootError::from(boot_error::Static {
                source: LoadError::new(wrapper.declared_at, Failed::from(cause::Static { source })),
            })
        })?;
        let twin = linked
            .iter()
            .find(|(known, _)| known.name() == metadata.name());
        if let Some((_, twin)) = twin {
            return Err(BootError::from(boot_error::DuplicateModule {
                module: owned(metadata.name()),
                first: owned(twin.declared_at),
                second: owned(wrapper.declared_at),
            }));
        }
        if !metadata.supports(ModuleState::Static) {
            let cause = Failed::from(cause::State {
                state: ModuleState::Static,
            });
            return Err(BootError::from(boot_error::Static {
                source: LoadError::new(metadata.name(), cause),
            }));
        }
        linked.push((metadata, wrapper));
    }
    tunables_have_modules(program.gathered, &linked)?;
    let first = boot_direct::modules(program.direct, &linked)?;
    let names = linked.iter().map(|(one, _)| owned(one.name())).collect();
    let configuration = Configuration::read(&root, names)?;
    let trust = Trust::of(configuration.file().as_deref(), configuration.path())?;
    let kernel = Permanent::new(Kernel {
        configuration,
        phase: Mutex::new(None),
        late_static: options.late_static,
        reports: Mutex::default(),
        catalog: Catalog::new(root, linked, trust),
        control: Control::new(Mapped::host(program.image)),
        tuned: Tuned::default(),
        idle: Idle::default(),
        observers: options.observers,
        services,
        hook: program.hook,
        c_services: &KERNEL_C_SERVICES,
    });
    // First: code that sees the kernel can call through it.
    (program.booted)(&services.calls);
    KERNEL.set(kernel).map_err(|_| BootError::AlreadyBooted)?;
    os::announce(std::ptr::from_ref(door).cast());
    let kernel = Kernel::get().ok_or(BootError::AlreadyBooted)?;
    (program.hook.install)();
    let used = |module: &&Metadata| kernel.configuration.uses(module.name());
    kernel.control.lock().contested =
        Contested::among(kernel.catalog.linked_modules().filter(used));
    for module in first {
        kernel
            .load_module(Request::new(&module, AskedBy::Boot).during(Phase::Boot1))
            .map_err(|source| BootError::from(boot_error::Static { source }))?;
    }
    kernel.report_configuration();
    kernel.enter(Phase::Boot1)?;
    Ok(kernel)
}

/// Checks that each tunable that is linked in belongs to one module.
fn tunables_have_modules(
    gathered: Gathered,
    linked: &[(Metadata, &'static Wrapper)],
) -> Result<(), BootError> {
    for tunable in gathered.tunables {
        let modules = gathered.modules_of(tunable);
        if modules.len() != 1 {
            let is_one = |wrapper: &Wrapper| {
                let mut modules = modules.iter();
                modules.any(|one| one.metadata == wrapper.metadata)
            };
            let named = linked.iter().filter(|(_, wrapper)| is_one(wrapper));
            let mut modules = list(named.map(|(one, _)| owned(one.name())));
            // The linker's order is none.
            sort_by(&mut modules, Ord::cmp);
            return Err(BootError::from(boot_error::Tunable {
                tunable: owned(tunable.name),
                declared_at: owned(tunable.declared_at),
                package: owned(tunable.owner.package()),
                modules,
            }));
        }
    }
    Ok(())
}
