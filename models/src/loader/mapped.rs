//! An image in memory: a module's part of the model.

use std::path::Path;

use super::{Protocol, Provider};
use crate::checked::memory;
use crate::declaration::StubTable;
use crate::error::Cause;
use crate::held;
use crate::image::{self, Services};
use crate::metadata::Metadata;
use crate::module::{DLKM_MODULES, Wrapper};
use crate::panic;
use crate::primitive::Arc;
use crate::world;

/// As the runtime's.
#[derive(Debug)]
pub(crate) struct Mapped {
    modules: &'static [Wrapper],
    interfaces: &'static [StubTable],
    /// `None` for the host's image.
    module: Option<String>,
    execution: u64,
}

impl Mapped {
    pub(crate) fn host() -> Arc<Self> {
        Arc::new(Mapped {
            modules: &[],
            interfaces: image::of_host().interfaces,
            module: None,
            execution: world::execution(),
        })
    }

    pub(crate) fn open(
        _file: &Path,
        module: &str,
        _protocol: Protocol,
        _services: &'static Services,
    ) -> Result<Arc<Self>, Cause> {
        memory::map(module);
        let wrapper = DLKM_MODULES.iter().find(|wrapper| {
            let metadata = Metadata::parse(wrapper.metadata);
            metadata.is_ok_and(|metadata| metadata.name() == module)
        });
        Ok(Arc::new(Mapped {
            modules: wrapper.map_or(&[], std::slice::from_ref),
            interfaces: world::stubs_in(module),
            module: Some(module.to_owned()),
            execution: world::execution(),
        }))
    }

    pub(crate) fn interfaces(&self) -> &[StubTable] {
        self.interfaces
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = Provider<'_>> {
        self.modules.iter().map(Provider::Rust)
    }

    pub(crate) fn raise(&self, message: String) -> ! {
        panic::raise_here(message)
    }

    pub(crate) fn held(&self) -> usize {
        match self.module {
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
        if let Some(module) = &self.module
            && self.execution == world::execution()
        {
            memory::unmap(module);
        }
    }
}
