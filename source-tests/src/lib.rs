//! Reads the repository's source and documents, so that tests can compare them with rules: which
//! folder may use which, no circles of files, and no names in documents that the source lacks.
//!
//! `tests` has the rules.

pub mod circles;
pub mod crates;
pub mod files;
pub mod layers;
pub mod picture;
pub mod references;
pub mod source;
