//! `#[derive(Interface)]` and `#[interface]`: descriptions of types that cross.

mod ast;
mod description;
mod expand_data;
mod expand_object;
mod parse_data;
mod parse_object;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Item, parse_quote_spanned};

use crate::errors::Errors;
use crate::{attributes, grouped, tokens};

/// `#[derive(Interface)]`.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut item = match syn::parse2::<Item>(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    grouped::parenthesize(&mut item);
    let mut errors = Errors::default();
    let ast = parse_data::parse(&item, &mut errors);
    let errors = errors.into_tokens();
    // After a mistake, without parts: otherwise rustc would report it again at each use of the type.
    let ast = ast.filter(|ast| ast.runtime.found);
    let described = ast.map(|ast| match errors.is_some() {
        true => expand_data::expand(&ast.without_parts()),
        false => expand_data::expand(&ast),
    });
    quote!(#errors #described)
}

/// `#[interface]`.
pub(crate) fn interface(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(parsed) => parsed,
        // rustc itself reports what is wrong with it.
        Err(_) => return item,
    };
    if let Item::Trait(item) = &mut parsed
        && item.attrs.iter().any(attributes::is_module)
    {
        // `#[module]` reports that, at an attribute.
        item.attrs.push(again());
        return item.to_token_stream();
    }
    grouped::parenthesize(&mut parsed);
    let Item::Trait(item) = &parsed else {
        let message = "`#[interface]` goes on a `trait`; on a `struct` or an `enum` write \
                       `#[derive(Interface)]`, on an `impl` write `#[module]`";
        let head = tokens::head(&parsed);
        let error = syn::Error::new_spanned(head, message).to_compile_error();
        return quote!(#error #parsed);
    };
    let mut errors = [Errors::default(), Errors::default()];
    let [of_args, of_item] = &mut errors;
    let ast = parse_object::parse(args, item, of_args, of_item);
    let [of_args, of_item] = errors.map(Errors::into_tokens);
    // There is nothing to describe if the trait does not fit `dyn`.
    let fits = of_item.is_none() && ast.runtime.found;
    let described = fits.then(|| expand_object::expand(&ast));
    let item = item.to_token_stream();
    quote!(#of_args #of_item #item #described)
}

/// `#[interface]`, for a macro that expands later.
fn again() -> Attribute {
    parse_quote_spanned!(Span::call_site()=> #[interface])
}
