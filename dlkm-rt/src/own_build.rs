//! What builds this copy of the runtime, as `build.rs` found it.

use dlkm_metadata::write::{BuildRecord, OwnBuild};

/// For the metadata of modules that are built with this copy.
pub const BUILD: BuildRecord = BuildRecord {
    rustc: env!("DLKM_RUSTC"),
    commit: env!("DLKM_COMMIT"),
    target: env!("DLKM_TARGET"),
    pointer: env!("DLKM_POINTER"),
    panic: if cfg!(panic = "abort") {
        "abort"
    } else {
        "unwind"
    },
    runtime: env!("DLKM_RUNTIME"),
    sanitizer: env!("DLKM_SANITIZER"),
    flags: env!("DLKM_FLAGS"),
    features: env!("DLKM_FEATURES"),
};

static TEXT: [u8; BUILD.text_len()] = BUILD.text();

/// For the kernel, which compares it with an image's.
pub(crate) static OWN: OwnBuild = OwnBuild::new(BUILD, &TEXT);
