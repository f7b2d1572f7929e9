//! A tunable: the author's static, its lines in the metadata, and its record for the kernel.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;

use super::ast::Static;
use super::parse_static::{default_of, digits};
use crate::{attributes, paths, tokens};

pub(super) fn expand(ast: &Static<'_>) -> TokenStream {
    let rt = paths::private(&ast.runtime);
    let item = ast.item;
    let (attrs, vis, ident, ty, initial) =
        (&item.attrs, &item.vis, &item.ident, &item.ty, &*item.expr);
    let cfgs: Vec<_> = attrs.iter().filter(|one| attributes::is_cfg(one)).collect();
    // What runs while compiling can't read a static.
    let constant = format_ident!("DLKM_TUNABLE_{}", ident.unraw());
    let (name, name_at) = &ast.name;
    let desc = ast
        .desc
        .as_ref()
        .map_or_else(String::new, syn::LitStr::value);
    let dynamic = ast.dynamic;
    let bound = |bound: Option<&Expr>| match bound {
        Some(bound) => {
            let literal = digits(bound);
            quote!(#rt::least_or_most(&#constant, #bound, #literal))
        }
        None => quote!(#rt::std::option::Option::None),
    };
    let range = ast.range.as_ref();
    let min = bound(range.and_then(|range| range.min.as_ref()));
    let max = bound(range.and_then(|range| range.max.as_ref()));
    let literal = digits(default_of(initial));
    let changed = match &ast.changed {
        Some(hook) => {
            quote!(#rt::changed_hook(|new| #rt::run_changed_hook(&#ident, #hook, new)))
        }
        None => quote!(#rt::std::option::Option::None),
    };
    let check = |function: &str, at: TokenStream| {
        // Otherwise rustc would show the whole attribute.
        let there = Span::call_site().located_at(tokens::ends(at).0);
        let rt = tokens::located(rt.clone(), there);
        let function = syn::Ident::new(function, there);
        quote_spanned!(there=> const _: () = #rt::#function(&DLKM_TUNABLE);)
    };
    let check_range = range.map(|range| check("check_range", range.tokens.clone()));
    let check_default = check("check_default", default_of(initial).to_token_stream());
    // Its name is that of the whole crate, so rustc reports a second tunable of the same name.
    let there = Span::call_site().located_at(*name_at);
    let only = format_ident!("__dlkm_tunable_{}", name.replace('-', "_"), span = there);
    let only = quote_spanned! {there=>
        #[doc(hidden)]
        #[allow(non_local_definitions)]
        #[macro_export]
        macro_rules! #only {
            () => {};
        }
    };
    // rustc reports a type that no tunable has here too.
    let there = Span::call_site().located_at(tokens::ends(ty.to_token_stream()).0);
    let declare = tokens::located(quote!(#rt::declare), there);
    quote! {
        #(#attrs)*
        #vis static #ident: #ty = #constant;

        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_upper_case_globals, clippy::declare_interior_mutable_const)]
        const #constant: #ty = #initial;

        #(#cfgs)*
        #only

        #(#cfgs)*
        #[allow(clippy::borrow_interior_mutable_const)]
        const _: () = {
            const DLKM_TUNABLE: #rt::DeclaredTunable = #declare(&#constant, &#rt::Notes {
                name: #name,
                desc: #desc,
                dynamic: #dynamic,
                min: #min,
                max: #max,
                literal: #literal,
            });
            #check_range
            #check_default
            #rt::place_tunable! {
                tunable: #ident,
                declared: DLKM_TUNABLE,
                changed: #changed,
            }
        };
    }
}
