//! What the program says and asks: which modules there are, and what of the program a kernel uses.

pub mod described;
pub mod request;
mod root;
mod shared;

pub use root::ModuleRoot;
pub use shared::{SharedKernel, boot_shared};
