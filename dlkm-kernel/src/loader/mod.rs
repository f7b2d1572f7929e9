//! From a module's name to its image in memory.

mod any_wrapper;
mod catalog;
mod exposure;
mod fresh;
mod index;
mod installed;
mod mapped;
mod open_file;
mod protocol;
mod root_files;
mod system_file;
#[cfg(feature = "verify")]
mod trust;
#[cfg(not(feature = "verify"))]
mod trust_off;

pub(crate) use any_wrapper::AnyWrapper;
pub(crate) use catalog::{Catalog, Found, Known, Origin, Serving};
pub(crate) use dlkm_core::program::ModuleRoot;
pub(crate) use installed::Installed;
pub(crate) use mapped::Mapped;
pub(crate) use open_file::OpenFile;
pub(crate) use protocol::Protocol;
pub(crate) use system_file::read as system_file;
#[cfg(feature = "verify")]
pub(crate) use trust::{Doubt, Trust};
#[cfg(not(feature = "verify"))]
pub(crate) use trust_off::{Doubt, Trust};
