//! The commands of `dlkm`, on module roots in temporary folders.

mod dlkm;
mod golden;
mod hp_ux;
mod root;
