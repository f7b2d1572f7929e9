//! Boots the kernel.

use super::boot_direct;
use super::c_services::KERNEL_C_SERVICES;
use super::control::Control;
use super::idle_watch::Idle;
use super::observe::Observers;
use super::request::{AskedBy, Request};
use super::services::KERNEL_SERVICES;
use super::state::{KERNEL, Kernel};
use crate::declare::module::Wrapper;
use crate::error::{BootError, Cause, LoadError};
use crate::image::rust;
use crate::loader::{Catalog, Mapped, ModuleRoot};
use crate::metadata::{Metadata, ModuleState};
use crate::own_build::OWN;
use crate::services::ask;

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
        let mut linked: Vec<(Metadata, &'static Wrapper)> = Vec::new();
        for wrapper in rust::of_host().modules {
            let metadata = Metadata::parse_for(wrapper.metadata, &OWN).map_err(|source| {
                BootError::Static {
                    source: LoadError::new(wrapper.declared_at, Cause::Static { source }),
                }
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
        let first = boot_direct::modules(&linked)?;
        let kernel = Kernel {
            catalog: Catalog::new(root, linked),
            control: Control::new(Mapped::host()),
            idle: Idle::default(),
            observers: Observers::default(),
            services: &KERNEL_SERVICES,
            c_services: &KERNEL_C_SERVICES,
        };
        // First: who sees the kernel can call through it.
        ask::booted(&KERNEL_SERVICES.calls);
        KERNEL.set(kernel).map_err(|_| BootError::AlreadyBooted)?;
        let kernel = KERNEL.get().ok_or(BootError::AlreadyBooted)?;
        for module in first {
            kernel
                .load_module(Request::new(&module, AskedBy::Boot))
                .map_err(|source| BootError::Static { source })?;
        }
        Ok(kernel)
    }
}
