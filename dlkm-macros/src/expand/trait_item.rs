//! The author's trait as it comes out: without the macros' attributes, with futures in place of
//! `async fn`, and with the constants that a driver's glue reads.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemTrait, TraitItem};

use super::future;
use crate::attributes;

/// Takes the stubs' attributes away. `std` is the path of std or core.
pub(super) fn plain(item: &mut ItemTrait, std: &TokenStream) {
    for member in &mut item.items {
        if let TraitItem::Fn(function) = member {
            function.attrs.retain(|attribute| {
                attributes::stub_kind(attribute).is_none()
                    && attributes::conditional_stub(attribute).is_none()
            });
        }
    }
    future::desugar(item, std, &quote!(+ #std::marker::Send));
}

/// [`plain`], with `exports` and `types` as constants.
pub(super) fn finish(
    item: &mut ItemTrait,
    rt: &TokenStream,
    exports: &TokenStream,
    types: &TokenStream,
) {
    plain(item, &quote!(#rt::std));
    // The exports name each of the functions.
    let allowed = attributes::allowed_in_trait(item);
    item.items.push(TraitItem::Verbatim(quote! {
        #[doc(hidden)]
        const DLKM_MODULE: &'static #rt::std::primitive::str = "";
        #[doc(hidden)]
        #(#allowed)*
        const DLKM_EXPORTS: #rt::Exports = #exports;
        #[doc(hidden)]
        const DLKM_TYPES: &'static [#rt::std::primitive::u8] = #types;
    }));
}
