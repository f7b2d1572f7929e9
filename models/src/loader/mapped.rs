//! An image in memory: a module's part of the model.

use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

use super::{AnyWrapper, OpenFile, Protocol};
use crate::boundary::held;
use crate::call::switch::Switch;
use crate::call::table::StubTable;
use crate::checked::memory;
use crate::declare::module::{DLKM_MODULES, Wrapper};
use crate::error::{Cause, Failed};
use crate::image::rust::{self, Image};
use crate::metadata::Metadata;
use crate::next;
use crate::primitive::Arc;
use crate::services::Services;
use crate::services::backtrace::{Texts, TracedFrame};
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
    /// As the runtime's; std's, since the table's lock orders all that reach it.
    stays: OnceLock<String>,
}

impl Mapped {
    pub(crate) fn host(image: Image) -> Arc<Self> {
        Arc::new(Mapped {
            modules: &[],
            interfaces: image.interfaces,
            name: None,
            execution: world::execution(),
            stays: OnceLock::new(),
        })
    }

    /// As the runtime's.
    pub(crate) fn joined(image: Image) -> Arc<Self> {
        Arc::new(Mapped {
            modules: image.modules,
            interfaces: image.interfaces,
            name: None,
            execution: world::execution(),
            stays: OnceLock::new(),
        })
    }

    pub(crate) fn has_joined(&self) -> bool {
        self.name.is_none() && !self.modules.is_empty()
    }

    pub(crate) fn open(
        image: OpenFile,
        module: &str,
        _protocol: Protocol,
        _services: &'static Services,
        _c_services: &'static CServices,
    ) -> Result<Arc<Self>, Failed> {
        let name = image.path().to_string_lossy().into_owned();
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
            stays: OnceLock::new(),
        }))
    }

    /// Each upgrade is to another file.
    pub(crate) fn is_of(&self, _: &File) -> bool {
        false
    }

    pub(crate) fn stay_mapped(&self, why: impl FnOnce() -> String) {
        self.stays.get_or_init(why);
    }

    pub(crate) fn stays_mapped(&self) -> Option<&str> {
        self.stays.get().map(String::as_str)
    }

    pub(crate) fn may_be_unmapped(&self) -> bool {
        self.name.is_some() && self.stays.get().is_none()
    }

    pub(crate) fn interfaces(&self) -> &[StubTable] {
        self.interfaces
    }

    /// Only the host of the models has switch tables.
    pub(crate) fn switches(&self) -> &[Switch] {
        match self.name {
            None => rust::of_host().switches,
            Some(_) => &[],
        }
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = AnyWrapper<'_>> {
        self.modules.iter().map(AnyWrapper::Rust)
    }

    pub(crate) fn raise(&self, message: String) -> ! {
        panic::raise_here(message)
    }

    /// One count serves all modules, so only what the first load hook leaves is told apart.
    pub(crate) fn serve(&self) {
        held::counts().serve();
    }

    pub(crate) fn backtrace(&self) -> Option<Vec<TracedFrame>> {
        Some(Texts::take().frames())
    }

    pub(crate) fn held(&self) -> usize {
        self.name.as_ref().map_or(0, |_| held::counts().held())
    }

    pub(crate) fn values(&self) -> usize {
        self.name.as_ref().map_or(0, |_| held::counts().all())
    }

    /// No model starts threads in a module.
    pub(crate) fn threads(&self) -> usize {
        0
    }

    pub(crate) fn holding_threads(&self) -> usize {
        0
    }

    pub(crate) fn heap(&self) -> isize {
        0
    }

    /// No model has a state of this kind.
    pub(crate) fn end_states(&self) {}

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
            && self.stays.get().is_none()
            && self.execution == world::execution()
        {
            memory::unmap(name);
        }
    }
}
