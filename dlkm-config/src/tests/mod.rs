//! Tests of whole operations.

mod edits;
mod faults;
mod full;
pub(crate) mod image;
mod installs;
mod kill;
mod locks;
pub(crate) mod modules;
mod roots;
mod rules;
mod saved;
mod soft;
mod steps;
mod tunables;
