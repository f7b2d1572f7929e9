//! An interface: the trait, and beside it the module of stubs.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Ident, ItemTrait, TraitItem};

use super::stub;
use crate::ast::{Interface, Stub};
use crate::{parse, signature};

pub(crate) fn expand(ast: &Interface<'_>) -> TokenStream {
    let Interface {
        runtime,
        item,
        name,
        stubs,
    } = ast;
    let rt = quote!(#runtime::private);
    let (module, vis, name) = (ast.ident(), ast.vis(), &name.text);
    let trait_ident = &item.ident;
    let declaration = trait_with_exports(ast, &rt);
    let class = match ast.unloadable() {
        true => quote!(Unloadable),
        false => quote!(LoadOnly),
    };
    let functions = stubs.iter().map(|stub| {
        let (name, signature) = (stub.item.sig.ident.to_string(), signature::text(stub));
        quote!(#rt::Function { name: #name, signature: #signature })
    });
    let all: Vec<&Ident> = stubs.iter().map(|stub| &stub.item.sig.ident).collect();
    let glue = stubs
        .iter()
        .enumerate()
        .map(|(i, one)| stub::glue(ast, &rt, i, one, &all));
    let records = stubs.iter().map(|one| stub::record(&rt, one));
    let callers = stubs.iter().map(|one| stub::caller(ast, one));
    let hold = ast.unloadable().then(|| {
        quote! {
            #rt::std::thread_local! {
                static HOLD: #rt::ThreadHold = const { #rt::ThreadHold::new() };
            }

            #[inline]
            pub fn hold() -> #rt::Hold {
                HOLD.with(|hold| hold.enter(&INTERFACE))
            }
        }
    });
    let doc = format!("The stubs of interface `{name}`: see [`{trait_ident}`].");
    quote! {
        #declaration

        #[doc = #doc]
        #[allow(unused_imports, missing_docs)]
        #vis mod #module {
            use super::*;

            #(#callers)*

            #[doc(hidden)]
            #[allow(non_upper_case_globals, non_snake_case, deprecated, clippy::all, clippy::pedantic)]
            pub(super) mod dlkm_glue {
                use super::*;

                pub const DECLARATION: #rt::Declaration = #rt::Declaration {
                    name: #name,
                    class: #rt::Class::#class,
                    functions: &[#(#functions),*],
                };

                #[#rt::distributed_slice(#rt::DLKM_INTERFACES)]
                #[linkme(crate = #rt::linkme)]
                pub static INTERFACE: #rt::Interface = #rt::Interface {
                    declaration: DECLARATION,
                    stubs: &[#(#records),*],
                };

                #hold
                #(#glue)*
            }
        }
    }
}

/// The author's trait without our attributes, and with what a driver's glue needs.
fn trait_with_exports(ast: &Interface<'_>, rt: &TokenStream) -> ItemTrait {
    let module = ast.ident();
    let mut item = clean(ast.item);
    let exports = ast.stubs.iter().map(|stub| {
        let export = format_ident!("export_{}", stub.item.sig.ident);
        quote!(#rt::Code::new(#module::dlkm_glue::#export::<Self> as *const ()))
    });
    item.items.push(TraitItem::Verbatim(quote! {
        #[doc(hidden)]
        const DLKM_MODULE: &'static #rt::std::primitive::str = "";
        #[doc(hidden)]
        const DLKM_EXPORTS: #rt::Exports = #rt::Exports {
            interface: &#module::dlkm_glue::DECLARATION,
            functions: &[#(#exports),*],
        };
    }));
    item
}

fn clean(item: &ItemTrait) -> ItemTrait {
    let mut item = item.clone();
    for member in &mut item.items {
        if let TraitItem::Fn(function) = member {
            function
                .attrs
                .retain(|attribute| parse::stub_kind(attribute).is_none());
        }
    }
    item
}

/// What is emitted beside the errors: the trait, and stubs that callers can be checked
/// against, as far as they make sense.
pub(crate) fn fallback(ast: &Interface<'_>) -> TokenStream {
    let item = clean(ast.item);
    let vis = ast.vis();
    let usable = |stub: &&Stub<'_>| {
        let sig = &stub.item.sig;
        sig.receiver().is_none() && sig.variadic.is_none() && stub.item.default.is_none()
    };
    let callers = ast.stubs.iter().filter(usable).map(stub::placeholder);
    let Ok(module) = syn::parse_str::<Ident>(&ast.name.text.replace('-', "_")) else {
        return item.into_token_stream();
    };
    quote! {
        #item

        #[allow(unused, missing_docs)]
        #vis mod #module {
            use super::*;
            #(#callers)*
        }
    }
}

/// The attributes that a stub takes over from its function in the trait.
pub(super) fn taken_over<'a>(stub: &'a Stub<'_>) -> impl Iterator<Item = &'a Attribute> {
    stub.item.attrs.iter().filter(|attribute| {
        ["doc", "must_use", "deprecated"]
            .iter()
            .any(|name| attribute.path().is_ident(name))
    })
}
