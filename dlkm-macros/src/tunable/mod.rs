//! `#[tunable]` and `#[derive(TunableChoice)]`: parses, checks, and expands to thin glue that calls
//! the runtime.

mod ast;
mod expand_choice;
mod expand_static;
mod parse_choice;
mod parse_static;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Item};

use crate::errors::Errors;
use crate::tokens;

/// `#[tunable]`.
pub(crate) fn tunable(args: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(parsed) => parsed,
        // rustc itself reports what is wrong with it.
        Err(_) => return item,
    };
    let Item::Static(item) = &parsed else {
        let message = match &parsed {
            Item::Const(_) => {
                "`#[tunable]` goes on a `static`: each use of a `const` is a copy, which no one \
                 could set"
            }
            _ => "`#[tunable]` goes on a `static` of the type `Tunable`",
        };
        let head = tokens::head(&parsed);
        let error = syn::Error::new_spanned(head, message).to_compile_error();
        return quote!(#error #parsed);
    };
    let mut errors = Errors::default();
    let ast = parse_static::parse(args, item, &mut errors);
    match errors.into_tokens() {
        None => expand_static::expand(&ast),
        Some(errors) => quote!(#errors #item),
    }
}

/// `#[derive(TunableChoice)]`.
pub(crate) fn choice(item: TokenStream) -> TokenStream {
    let item = match syn::parse2::<DeriveInput>(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let ast = parse_choice::parse(&item, &mut errors);
    let errors = errors.into_tokens();
    // Even after a mistake, so that rustc does not report it again at each use of the type.
    let choice = ast.map(|ast| expand_choice::expand(&ast));
    quote!(#errors #choice)
}
