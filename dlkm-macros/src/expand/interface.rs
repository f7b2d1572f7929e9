//! An interface: the trait, and beside it the module of stubs.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Ident, ItemTrait, Meta, TraitItem, parse_quote};

use super::shapes::{self, Shapes};
use super::{asynchronous, direct, export, stub};
use crate::ast::{Abi, Interface, Stub};
use crate::{parse, paths};

pub(crate) fn expand(ast: &Interface<'_>) -> TokenStream {
    let Interface {
        runtime,
        item,
        name,
        abi,
        stubs,
        ..
    } = ast;
    let (abi, head) = match abi {
        Abi::Rust => (quote!(Rust), "fn"),
        Abi::C => (quote!(C), "extern \"C\" fn"),
    };
    let deeper = paths::deeper_path(runtime);
    let (near, rt) = (quote!(#runtime::private), quote!(dlkm_private));
    let (module, vis, name) = (ast.ident(), ast.vis(), &name.text);
    let trait_ident = &item.ident;
    let declaration = trait_with_exports(ast, &near);
    let class = match ast.unloadable() {
        true => quote!(Unloadable),
        false => quote!(LoadOnly),
    };
    let Shapes {
        constants,
        shapes,
        signatures,
    } = shapes::shapes(ast, &rt);
    let count = stubs.len();
    let all: HashSet<&Ident> = stubs.iter().map(|stub| &stub.item.sig.ident).collect();
    let glue = stubs
        .iter()
        .enumerate()
        .map(|(i, one)| stub::glue(ast, &rt, i, one, &all));
    let records = stubs.iter().map(|one| stub::record(ast, &rt, one));
    let callers = stubs
        .iter()
        .enumerate()
        .map(|(i, one)| stub::caller(ast, i, one));
    let exports = stubs
        .iter()
        .enumerate()
        .filter_map(|(i, one)| export::item(ast, &rt, i, one));
    let known = export::known(ast, &rt);
    let asynchronous = asynchronous::glue(ast, &rt);
    let described = (ast.abi == Abi::C).then(|| quote!(#rt::place_interface! {}));
    let symbols = direct::symbols(ast);
    let for_drivers = direct::for_drivers(ast);
    let doc = format!("The stubs of interface `{name}`: see [`{trait_ident}`].");
    let on_module = item.attrs.iter().filter(|one| is_for_module(one));
    let on_glue = judgements(item);
    quote! {
        #declaration

        #[doc = #doc]
        #(#on_module)*
        #vis mod #module {
            use super::*;

            #(#callers)*

            #[doc(hidden)]
            #(#on_glue)*
            #[allow(clippy::all, clippy::pedantic)]
            pub(super) mod dlkm_glue {
                use super::*;
                use #deeper::private as dlkm_private;

                #(#constants)*

                const SIGNATURES: #rt::interface::Signatures = #rt::interface::Signatures {
                    shapes: &[#(#shapes),*],
                    functions: &[#(#signatures),*],
                };

                #[allow(long_running_const_eval)]
                pub const TYPES: &[#rt::std::primitive::u8] =
                    &SIGNATURES.types::<{ SIGNATURES.types_length() }>();

                #[allow(long_running_const_eval)]
                pub const DECLARATION: #rt::Declaration = #rt::Declaration {
                    name: #name,
                    class: #rt::Class::#class,
                    abi: #rt::Abi::#abi,
                    version: #rt::std::env!("CARGO_PKG_VERSION"),
                    functions: &SIGNATURES.declared::<#count>(#head),
                };

                #[#rt::distributed_slice(#rt::DLKM_INTERFACES)]
                #[linkme(crate = #rt::linkme)]
                pub static INTERFACE: #rt::StubTable = #rt::StubTable {
                    declaration: DECLARATION,
                    types: TYPES,
                    hold: &STUBS.hold,
                    stubs: &STUBS.all,
                };

                pub static STUBS: #rt::Stubs<#count> = #rt::stubs(&[#(#records),*]);

                #known
                #asynchronous
                #described
                #(#glue)*
                #(#exports)*
                #symbols
            }
        }

        #for_drivers
    }
}

/// The author's trait, with its functions' exports.
fn trait_with_exports(ast: &Interface<'_>, rt: &TokenStream) -> ItemTrait {
    let module = ast.ident();
    let mut item = ast.item.clone();
    let exports = ast.stubs.iter().enumerate();
    let exports = exports.map(|(i, stub)| export::reference(ast, rt, i, stub));
    let exports = quote! {
        #rt::Exports {
            interface: &#module::dlkm_glue::DECLARATION,
            functions: &[#(#exports),*],
        }
    };
    let types = quote!(#module::dlkm_glue::TYPES);
    finish(&mut item, rt, &exports, &types);
    item
}

/// Takes our attributes away, and adds what a driver's glue needs.
pub(super) fn finish(
    item: &mut ItemTrait,
    rt: &TokenStream,
    exports: &TokenStream,
    types: &TokenStream,
) {
    for member in &mut item.items {
        if let TraitItem::Fn(function) = member {
            function
                .attrs
                .retain(|attribute| parse::stub_kind(attribute).is_none());
        }
    }
    asynchronous::desugar(item, rt, &quote!(+ #rt::std::marker::Send));
    // It names each of the functions.
    let judged = judgements(item);
    item.items.push(TraitItem::Verbatim(quote! {
        #[doc(hidden)]
        const DLKM_MODULE: &'static #rt::std::primitive::str = "";
        #[doc(hidden)]
        #(#judged)*
        const DLKM_EXPORTS: #rt::Exports = #exports;
        #[doc(hidden)]
        const DLKM_TYPES: &'static [#rt::std::primitive::u8] = #types;
    }));
}

/// The attributes that a stub takes over from its function in the trait.
pub(super) fn taken_over(ast: &Interface<'_>, stub: &Stub<'_>) -> Vec<Attribute> {
    let own = &stub.item.attrs;
    let is = |name| move |one: &&Attribute| one.path().is_ident(name);
    let mut taken: Vec<_> = ["doc", "must_use", "deprecated", "allow"]
        .into_iter()
        .flat_map(|name| own.iter().filter(is(name)))
        .cloned()
        .collect();
    if !own.iter().any(|one| one.path().is_ident("deprecated")) {
        taken.extend(ast.item.attrs.iter().filter(is("deprecated")).cloned());
    }
    if !own.iter().any(|one| is("doc")(&one)) {
        // So that an author who misses out a text is told once, of the trait.
        let doc = format!("See [`{}::{}`].", ast.item.ident, stub.item.sig.ident);
        taken.push(parse_quote!(#[doc = #doc]));
    }
    taken
}

/// Whether the module of stubs takes the attribute over from the trait.
fn is_for_module(attribute: &Attribute) -> bool {
    // `doc(hidden)` and the like; the text stands on the trait.
    let hidden = attribute.path().is_ident("doc") && matches!(attribute.meta, Meta::List(_));
    hidden || attribute.path().is_ident("allow")
}

/// What the author allows anywhere in the trait, for the glue that repeats its types and
/// calls its functions. Nothing else is allowed there, as the author may have forbidden it.
fn judgements(item: &ItemTrait) -> Vec<Attribute> {
    let functions = item.items.iter().filter_map(|member| match member {
        TraitItem::Fn(function) => Some(&function.attrs),
        _ => None,
    });
    let all = || functions.clone().chain([&item.attrs]).flatten();
    let mut taken: Vec<Attribute> = all()
        .filter(|one| one.path().is_ident("allow"))
        .cloned()
        .collect();
    if all().any(|one| one.path().is_ident("deprecated")) {
        taken.push(parse_quote!(#[allow(deprecated)]));
    }
    taken
}
