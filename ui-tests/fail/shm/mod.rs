//! What `mod-without-body.rs` means.
