//! From the AST to tokens: thin glue that calls the runtime.

mod asynchronous;
mod direct;
mod export;
mod fallback;
mod interface;
mod module;
mod shapes;
mod stub;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Item;

use crate::errors::Errors;
use crate::{check, parse};

/// `#[module]`.
pub(crate) fn module(args: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(parsed) => parsed,
        // Not ours to judge: rustc says what is wrong with it.
        Err(error) => {
            let (error, item) = (error.to_compile_error(), fallback::unparsed(item));
            return quote!(#error #item);
        }
    };
    let mut errors = Errors::default();
    match &parsed {
        Item::Trait(item) => {
            let ast = parse::interface(args, item, &mut errors);
            check::interface(&ast, &mut errors);
            match errors.into_tokens() {
                None => interface::expand(&ast),
                Some(errors) => [errors, fallback::interface(&ast)].into_iter().collect(),
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
            let error = syn::Error::new_spanned(head(other), message).to_compile_error();
            quote!(#error #other)
        }
    }
}

/// The first line of an item, more or less: what to underline.
pub(crate) fn head(item: &Item) -> TokenStream {
    match item {
        Item::Fn(item) => item.sig.to_token_stream(),
        Item::Struct(item) => item.ident.to_token_stream(),
        Item::Enum(item) => item.ident.to_token_stream(),
        other => other.to_token_stream(),
    }
}

/// `#[stub]` and its like outside of an interface.
pub(crate) fn misplaced(name: &str, item: TokenStream) -> TokenStream {
    let message = format!("`#[{name}]` goes on a function of a trait marked `#[module]`");
    let error = syn::Error::new(Span::call_site(), message).to_compile_error();
    quote!(#error #item)
}
