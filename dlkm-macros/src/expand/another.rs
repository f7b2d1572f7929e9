//! A second module of a crate. Statically linked, a crate may have several; an image has one.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// Whether a module is the crate's only one so far, or where the first one is.
///
/// rustc compiles one crate in each process, and expands each attribute once. An IDE expands in one
/// process for all crates, and again after each edit, so there the answer may be wrong. It matters
/// only where `--cfg dlkm_image` is set, as `cargo dlkm build` does.
pub(super) fn first() -> Option<String> {
    static FIRST: Mutex<Option<HashMap<[Option<OsString>; 2], String>>> = Mutex::new(None);
    let of_crate = ["CARGO_MANIFEST_DIR", "CARGO_CRATE_NAME"].map(|name| env::var_os(name));
    let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    let first = first.get_or_insert_default();
    let before = first.get(&of_crate).cloned();
    if before.is_none() {
        let here = Span::call_site().unwrap();
        first.insert(of_crate, format!("{}:{}", here.file(), here.line()));
    }
    before
}

/// The error in an image. `name` is for the item around it.
pub(super) fn report(first: &str, name: &Ident, rt: &TokenStream) -> TokenStream {
    let message = format!(
        "an image has one module, and the one at {first} comes first: move this one to a crate of its \
         own, or provide both interfaces with one module, as `#[module]` on a `mod` does; a crate can \
         have several modules only if programs link it statically"
    );
    quote! {
        // The lint must be off one level above the cfg.
        #[allow(unexpected_cfgs, non_snake_case)]
        mod #name {
            #[cfg(dlkm_image)]
            #rt::std::compile_error!(#message);
        }
    }
}
