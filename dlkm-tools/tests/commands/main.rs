//! The commands of `dlkm`, on module roots in temporary folders.

#[path = "../common/mod.rs"]
mod common;
mod dlkm;
mod first_generation;
mod golden;
mod growth;
mod help;
mod host;
mod hp_ux;
mod hp_ux_configurations;
mod kernel;
mod kmod;
mod root;
mod sign;
mod stub;
mod terminal;
