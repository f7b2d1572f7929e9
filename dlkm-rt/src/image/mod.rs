//! How each linked object describes itself to the kernel, in one of two protocols.

pub(crate) mod c;
pub(crate) mod door;
pub(crate) mod rust;
