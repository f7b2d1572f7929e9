//! What a driver's crate declares, and where its static parts go.

pub(crate) mod direct_link;
pub(crate) mod module;
mod place;
