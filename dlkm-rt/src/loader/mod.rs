//! From a module's name to its image in memory.

mod catalog;
mod mapped;
mod root;

pub(crate) use catalog::{Catalog, Found, Origin};
pub(crate) use mapped::Mapped;
pub use root::ModuleRoot;
