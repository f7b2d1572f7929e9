//! `#[module]`: parses, checks, and expands to thin glue that calls the runtime.

mod another;
mod direct_link;
mod direct_symbol;
mod driver_call;
mod export;
mod future;
mod interface;
mod module;
mod note;
mod parts;
mod recovery;
mod shapes;
mod shields;
mod stub;
mod stub_module;
mod switch;
mod trait_item;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Item;

use crate::errors::Errors;
use crate::{check, grouped, parse, tokens};

/// `#[module]`.
pub(crate) fn module(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(parsed) => parsed,
        // rustc itself reports what is wrong with it.
        Err(error) => {
            let (error, item) = (error.to_compile_error(), recovery::unparsed(item));
            return quote!(#error #item);
        }
    };
    grouped::parenthesize(&mut parsed);
    let mut errors = Errors::default();
    match &parsed {
        Item::Trait(item) => {
            let ast = parse::interface(args, item, false, &mut errors);
            check::interface(&ast, &mut errors);
            match errors.into_tokens() {
                None => interface::expand(&ast),
                Some(errors) => [errors, recovery::interface(&ast)].into_iter().collect(),
            }
        }
        Item::Impl(item) => {
            let ast = parse::module_impl(args, item, &mut errors);
            check::module(&ast, &mut errors);
            module::expand(&ast, errors.into_tokens())
        }
        Item::Mod(item) => {
            let ast = parse::module_mod(args, item, &mut errors);
            check::module(&ast, &mut errors);
            module::expand(&ast, errors.into_tokens())
        }
        other => {
            let message = "`#[module]` goes on a `trait` (an interface), or on an `impl` or a \
                           `mod` (a module)";
            let error = syn::Error::new_spanned(tokens::head(other), message).to_compile_error();
            quote!(#error #other)
        }
    }
}

/// `#[switch]`.
pub(crate) fn switch(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let (error, item) = (error.to_compile_error(), recovery::unparsed(item));
            return quote!(#error #item);
        }
    };
    grouped::parenthesize(&mut parsed);
    let Item::Trait(item) = &parsed else {
        let message = "`#[switch]` goes on a `trait`; on the `impl` of a driver, write `#[module]`";
        let error = syn::Error::new_spanned(tokens::head(&parsed), message).to_compile_error();
        return quote!(#error #parsed);
    };
    let mut errors = Errors::default();
    let ast = parse::interface(args, item, true, &mut errors);
    check::interface(&ast, &mut errors);
    match errors.into_tokens() {
        None => switch::expand(&ast),
        Some(errors) => [errors, recovery::interface(&ast)].into_iter().collect(),
    }
}

/// A stub attribute outside of an interface.
pub(crate) fn misplaced(name: &str, item: TokenStream) -> TokenStream {
    let message = format!("`#[{name}]` goes on a function of a trait marked `#[module]`");
    let error = syn::Error::new(Span::call_site(), message).to_compile_error();
    quote!(#error #item)
}
