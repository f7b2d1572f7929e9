//! What each linked object tells the kernel, by either of two protocols.

pub(crate) mod c;
pub(crate) mod rust;
