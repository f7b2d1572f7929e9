//! The error about a second module of a crate. Statically linked, a crate may have several; an image
//! has one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

/// The error, in an image only. `first` is the place of the first module, and `name` is for the item around it.
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
