//! The call of the driver's function in a generated export, with shields in front of readers and writers.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::{StubParts, local};
use crate::paths;

/// The statements that put shields in front of readers and writers, and the call of the driver's
/// function.
pub(super) fn call(
    parts: &StubParts<'_>,
    mut args: Vec<TokenStream>,
) -> (Vec<TokenStream>, TokenStream) {
    let (rt, name) = (&parts.rt, parts.name());
    let mut shields = Vec::new();
    for (i, (arg, object)) in args.iter_mut().zip(&parts.shielded).enumerate() {
        let Some(object) = object.map(paths::deeper_type) else {
            continue;
        };
        let shield = local(&format!("shield{i}"));
        shields.push(quote! {
            let mut #shield = #rt::Shielding::<#object>::NEW.wrap(#arg);
        });
        *arg = quote!(#shield.get());
    }
    (shields, quote!(DlkmDriver::#name(#(#args),*)))
}
