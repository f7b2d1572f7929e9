//! What a driver's crate declares, and where its statics are placed.

pub(crate) mod direct_link;
pub(crate) mod module;
mod place;
pub(crate) mod state;
pub(crate) mod tunable;
