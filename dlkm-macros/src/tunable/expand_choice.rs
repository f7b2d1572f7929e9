//! Writes the words of an enum: `impl TunableChoice`.

use proc_macro2::TokenStream;
use quote::quote;

use super::ast::Choice;
use crate::paths;

pub(super) fn expand(ast: &Choice<'_>) -> TokenStream {
    let (runtime, ident) = (&ast.runtime, ast.ident);
    let rt = paths::private(runtime);
    let values = ast.variants.iter().map(|(variant, _)| variant);
    let words = ast.variants.iter().map(|(_, word)| word);
    quote! {
        impl #runtime::TunableChoice for #ident {
            const VALUES: &'static [Self] = &[#(#ident::#values),*];
            const WORDS: &'static [&'static #rt::std::primitive::str] = &[#(#words),*];
        }
    }
}
