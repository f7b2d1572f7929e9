//! The commands of `dlkm`, on module roots in temporary folders.

#[path = "../common/mod.rs"]
mod common;
mod dlkm;
mod golden;
mod growth;
mod host;
mod hp_ux;
mod kernel;
mod kmod;
mod root;
mod sign;
