//! Boots the kernel.

use super::boot_direct;
use super::c_services::KERNEL_C_SERVICES;
use super::configuration::Configuration;
use super::control::Control;
use super::idle_watch::Idle;
use super::observe::Observers;
use super::panic_hook;
use super::request::{AskedBy, Request};
use super::services::KERNEL_SERVICES;
use super::state::{KERNEL, Kernel};
use super::tuned::Tuned;
use crate::declare::module::{self, Wrapper};
use crate::declare::tunable::DLKM_TUNABLES;
use crate::error::{BootError, Cause, LoadError};
use crate::image::rust;
use crate::loader::{Catalog, Mapped, ModuleRoot};
use crate::metadata::{Metadata, ModuleState};
use crate::own_build::OWN;
use crate::services::ask;

impl Kernel {
    /// Boots the kernel, which finds images in `root`. Call it first in `main`: a
    /// stub called earlier fails or takes its fallback. The kernel loads nothing, and does not
    /// read the root, before the first call. One exception: it loads a static module whose
    /// functions are called directly (`DLKM_STATIC`) here, with the modules it depends on, because
    /// no call would request it.
    ///
    /// If the process has std's own panic hook, the kernel replaces it by one that prints the same,
    /// but for a module's panic the place in the module and a backtrace that names the module's
    /// functions. A hook of the host's, set before or afterwards, stays.
    ///
    /// # Errors
    /// A kernel is already booted, two static modules have the same name, a tunable that is linked
    /// in belongs to no module or to several, the system file can't be used, or a module that is
    /// called directly can't be loaded, because its hook failed or a dependency is missing. In the
    /// last case the kernel is booted, but calls of that module run code that its hook has not
    /// prepared: do not continue. In a loaded module a kernel is always booted: that of the host.
    pub fn boot(root: ModuleRoot) -> Result<&'static Kernel, BootError> {
        if ask::is_attached() {
            // The kernel of this process is the host's. One in this image would make errors with
            // code and texts of the image, and `LoadError` may leave it (see `error/crossing.rs`).
            return Err(BootError::AlreadyBooted);
        }
        let mut linked: Vec<(Metadata, &'static Wrapper)> = Vec::new();
        for wrapper in rust::of_host().modules {
            let metadata =
                Metadata::parse_for(&wrapper.text(), &OWN).map_err(|source| BootError::Static {
                    source: LoadError::new(wrapper.declared_at, Cause::Static { source }),
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
                return Err(BootError::Static {
                    source: LoadError::new(metadata.name(), cause),
                });
            }
            linked.push((metadata, wrapper));
        }
        tunables_have_modules(&linked)?;
        let first = boot_direct::modules(&linked)?;
        let configuration = Configuration::read(&root)?;
        let kernel = Kernel {
            catalog: Catalog::new(root, linked),
            configuration,
            control: Control::new(Mapped::host()),
            tuned: Tuned::default(),
            idle: Idle::default(),
            observers: Observers::default(),
            services: &KERNEL_SERVICES,
            c_services: &KERNEL_C_SERVICES,
        };
        // First: code that sees the kernel can call through it.
        ask::booted(&KERNEL_SERVICES.calls);
        KERNEL.set(kernel).map_err(|_| BootError::AlreadyBooted)?;
        let kernel = KERNEL.get().ok_or(BootError::AlreadyBooted)?;
        panic_hook::install();
        for module in first {
            kernel
                .load_module(Request::new(&module, AskedBy::Boot))
                .map_err(|source| BootError::Static { source })?;
        }
        Ok(kernel)
    }
}

/// Checks that each tunable that is linked in belongs to one module.
fn tunables_have_modules(linked: &[(Metadata, &'static Wrapper)]) -> Result<(), BootError> {
    let gathered = module::gathered();
    for tunable in DLKM_TUNABLES {
        let modules = gathered.modules_of(tunable);
        if modules.len() != 1 {
            let is_one = |wrapper: &Wrapper| {
                let mut modules = modules.iter();
                modules.any(|one| one.metadata == wrapper.metadata)
            };
            let named = linked.iter().filter(|(_, wrapper)| is_one(wrapper));
            return Err(BootError::Tunable {
                tunable: tunable.name.to_owned(),
                declared_at: tunable.declared_at.to_owned(),
                package: tunable.owner.package().to_owned(),
                modules: named.map(|(one, _)| one.name().to_owned()).collect(),
            });
        }
    }
    Ok(())
}
