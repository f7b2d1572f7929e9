//! Where a crate's first module is.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};

use proc_macro2::Span;

/// Whether a module is the crate's only one so far, or where the first one is.
///
/// rustc compiles one crate in each process, and expands each attribute once. An IDE expands in one
/// process for all crates, and again after each edit, so there the answer may be wrong. It matters
/// only where `--cfg dlkm_image` is set, as `cargo dlkm build` does.
pub(crate) fn before_this() -> Option<String> {
    static FIRST: Mutex<Option<HashMap<[Option<OsString>; 2], String>>> = Mutex::new(None);
    let of_crate = ["CARGO_MANIFEST_DIR", "CARGO_CRATE_NAME"].map(env::var_os);
    let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    let first = first.get_or_insert_default();
    let before = first.get(&of_crate).cloned();
    if before.is_none() {
        let here = Span::call_site().unwrap();
        first.insert(of_crate, format!("{}:{}", here.file(), here.line()));
    }
    before
}
