//! `modmeta!`: parses the statements, checks them, and expands to an interface of ABI C and the
//! macro that its driver calls.

mod ast;
mod check;
mod cursor;
mod expand;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;

pub(crate) fn modmeta(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(ast) = parse::parse(tokens, &mut errors) else {
        return errors.into_tokens().unwrap_or_default();
    };
    check::check(&ast, &mut errors);
    let errors = errors.into_tokens();
    // Even after a mistake, so that rustc does not report it again at each call.
    let items = expand::expand(&ast, errors.is_none());
    quote!(#errors #items)
}
