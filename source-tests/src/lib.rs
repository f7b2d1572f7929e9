//! Reads the repository's source and documents, so that tests can hold them to their rules: which
//! folder may use which, no circles of files, and no names in documents that the source lacks.
//!
//! The rules themselves are in `tests`.

pub mod circles;
pub mod crates;
pub mod files;
pub mod layers;
pub mod picture;
pub mod references;
pub mod source;
