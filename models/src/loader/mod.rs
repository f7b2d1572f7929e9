//! In the stead of `dlkm-rt/src/loader`: the modules linked into the model count as files.

mod catalog;
mod mapped;
#[path = "../../../dlkm-rt/src/loader/provider.rs"]
mod provider;
#[path = "../../../dlkm-rt/src/loader/root.rs"]
mod root;

pub(crate) use catalog::{Catalog, Found, Known, OpenFile, Origin, Serving};
pub(crate) use mapped::Mapped;
pub(crate) use provider::{Protocol, Provider};
pub use root::ModuleRoot;
