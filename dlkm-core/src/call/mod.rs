//! A call: the stub, the slot that it goes through, and the hold that keeps its module.

pub mod functions;
pub mod hold;
pub mod hold_home;
mod hold_page;
pub mod hold_registry;
pub mod slot;
pub mod stub;
pub mod switch;
pub mod table;
