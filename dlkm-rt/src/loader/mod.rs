//! From a module's name to its image in memory.

mod catalog;
mod fresh;
mod index;
mod mapped;
mod provider;
mod root;

pub(crate) use catalog::{Catalog, Found, Known, OpenFile, Origin, Serving};
pub(crate) use mapped::Mapped;
pub(crate) use provider::{Protocol, Provider};
pub use root::ModuleRoot;
