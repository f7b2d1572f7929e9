//! The file that `mod-without-body.rs` refers to.
