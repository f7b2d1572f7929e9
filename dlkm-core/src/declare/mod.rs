//! What a driver's crate declares, and where its statics are placed.

pub mod direct_link;
pub mod module;
mod place;
pub mod state;
pub mod tunable;
