//! A call: the stub, the slot that it goes through, and the hold that keeps its module.

pub(crate) mod functions;
pub(crate) mod hold;
pub(crate) mod hold_home;
mod hold_page;
pub(crate) mod hold_registry;
pub(crate) mod slot;
pub(crate) mod stub;
pub(crate) mod switch;
pub(crate) mod table;
