//! An image in memory: a module's part of the model.

use std::path::Path;

use super::{AnyWrapper, Protocol};
use crate::boundary::held;
use crate::call::table::StubTable;
use crate::checked::memory;
use crate::declare::module::{DLKM_MODULES, Wrapper};
use crate::error::Cause;
use crate::image::rust;
use crate::metadata::Metadata;
use crate::next;
use crate::primitive::Arc;
use crate::services::Services;
use crate::services::backtrace::{self, TracedFrame};
use crate::services::c::CServices;
use crate::services::panic;
use crate::world;

/// As the runtime's.
#[derive(Debug)]
pub(crate) struct Mapped {
    modules: &'static [Wrapper],
    interfaces: &'static [StubTable],
    /// What its memory goes by; `None` for the host's image.
    name: Option<String>,
    execution: u64,
}

impl Mapped {
    pub(crate) fn host() -> Arc<Self> {
        Arc::new(Mapped {
            modules: &[],
            interfaces: rust::of_host().interfaces,
            name: None,
            execution: world::execution(),
        })
    }

    pub(crate) fn open(
        file: &Path,
        module: &str,
        _protocol: Protocol,
        _services: &'static Services,
        _c_services: &'static CServices,
    ) -> Result<Arc<Self>, Cause> {
        let name = file.to_string_lossy().into_owned();
        memory::map(&name);
        let first = || {
            DLKM_MODULES.iter().find(|wrapper| {
                let metadata = Metadata::parse(wrapper.metadata);
                metadata.is_ok_and(|metadata| metadata.name() == module)
            })
        };
        let wrapper = next::of_name(&name).or_else(first);
        Ok(Arc::new(Mapped {
            modules: wrapper.map_or(&[], std::slice::from_ref),
            interfaces: world::stubs_in(module),
            name: Some(name),
            execution: world::execution(),
        }))
    }

    pub(crate) fn interfaces(&self) -> &[StubTable] {
        self.interfaces
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = AnyWrapper<'_>> {
        self.modules.iter().map(AnyWrapper::Rust)
    }

    pub(crate) fn raise(&self, message: String) -> ! {
        panic::raise_here(message)
    }

    pub(crate) fn backtrace(&self) -> Option<Vec<TracedFrame>> {
        Some(backtrace::take())
    }

    pub(crate) fn held(&self) -> usize {
        match self.name {
            Some(_) => held::held(held::count()),
            None => 0,
        }
    }

    /// No model starts threads in a module.
    pub(crate) fn threads(&self) -> usize {
        0
    }

    pub(crate) fn holding_threads(&self) -> usize {
        0
    }

    pub(crate) fn copy(&self) -> Option<&Path> {
        None
    }

    pub(crate) fn address(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        if let Some(name) = &self.name
            && self.execution == world::execution()
        {
            memory::unmap(name);
        }
    }
}
