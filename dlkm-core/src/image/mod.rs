//! How each linked object describes itself to the kernel, in one of two protocols.

pub mod c;
pub mod door;
pub mod rust;
