//! In the stead of `dlkm-kernel/src/loader`: the modules linked into the model count as files.

#[path = "../../../dlkm-kernel/src/loader/any_wrapper.rs"]
mod any_wrapper;
mod catalog;
mod mapped;
#[path = "../../../dlkm-kernel/src/loader/protocol.rs"]
mod protocol;

pub(crate) use crate::program::ModuleRoot;
pub(crate) use any_wrapper::AnyWrapper;
pub(crate) use catalog::{Catalog, Found, Installed, Known, OpenFile, Origin, Serving};
pub(crate) use mapped::Mapped;
pub(crate) use protocol::Protocol;

use std::path::Path;

use crate::error::BootError;

/// The model's root has no file.
pub(crate) fn system_file(_: &ModuleRoot) -> Result<Option<dlkm_system::SystemFile>, BootError> {
    Ok(None)
}

/// As the runtime's.
pub(crate) type Doubt = String;

/// No file is verified.
#[derive(Debug)]
pub(crate) struct Trust;

impl Trust {
    /// As the runtime's.
    pub(crate) fn of(_: Option<&dlkm_system::SystemFile>, _: &Path) -> Result<Self, BootError> {
        Ok(Trust)
    }
}
