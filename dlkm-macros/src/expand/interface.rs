//! An interface: the trait, and beside it the module of stubs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemTrait;

use super::parts::InterfaceParts;
use super::shapes::{self, Shapes};
use super::{direct_link, export, future, note, stub, stub_module, trait_item};
use crate::ast::{Abi, Interface};
use crate::{attributes, paths};

pub(super) fn expand(ast: &Interface<'_>) -> TokenStream {
    let parts = InterfaceParts::new(ast);
    let (rt, item, name) = (&parts.rt, ast.item, &ast.name.text);
    let private = paths::private(&paths::deeper_path(&ast.runtime.path));
    let (module, vis, trait_ident) = (ast.ident(), ast.vis(), &item.ident);
    let declaration = trait_with_exports(&parts);
    let details = described(&parts);
    let (stubs, count) = (&parts.stubs, parts.stubs.len());
    let callers = stubs.iter().map(stub::caller);
    let records = stubs.iter().map(stub::record);
    let glue = stubs.iter().map(stub::while_unbound);
    let exports = stubs.iter().filter_map(export::item);
    let known = export::known(&parts);
    let waits = stub::waits(&parts);
    let futures = future::glue(&parts);
    let described = (ast.abi == Abi::C).then(|| quote!(#rt::place_interface! {}));
    let note = note::note(&parts);
    let symbols = direct_link::symbols(&parts);
    let stub_module = stub_module::stub_module(&parts);
    let (reach, cfgs) = match &stub_module {
        Some(_) => (quote!(REACH), Some(quote!(#[allow(unexpected_cfgs)]))),
        None => (quote!(#rt::None), None),
    };
    let for_drivers = direct_link::for_drivers(&parts);
    let doc = format!("The stubs of interface `{name}`: see [`{trait_ident}`].");
    let on_module = attributes::for_module(item);
    let on_glue = attributes::allowed_in_trait(item);
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
            #cfgs
            pub(super) mod dlkm_glue {
                use super::*;
                use #private as #rt;

                #details

                #[#rt::distributed_slice(#rt::DLKM_INTERFACES)]
                #[linkme(crate = #rt::linkme)]
                pub static INTERFACE: #rt::StubTable = #rt::StubTable {
                    declaration: DECLARATION,
                    types: TYPES,
                    hold: &STUBS.hold,
                    stubs: &STUBS.all,
                    kinds: &STUBS.kinds,
                    entry: #rt::None,
                    waits: #waits,
                    reach: #reach,
                };

                pub static STUBS: #rt::Stubs<#count> = #rt::stubs(&[#(#records),*]);

                #known
                #futures
                #described
                #note
                #(#glue)*
                #(#exports)*
                #symbols
                #stub_module
            }
        }

        #for_drivers
    }
}

/// What the functions are: their types, and the declaration of the interface.
pub(super) fn described(parts: &InterfaceParts<'_>) -> TokenStream {
    let (ast, rt) = (parts.ast, &parts.rt);
    let (name, count) = (&ast.name.text, parts.stubs.len());
    let (abi, head) = match ast.abi {
        Abi::Rust => (quote!(Rust), "fn"),
        Abi::C => (quote!(C), "extern \"C\" fn"),
    };
    let class = match ast.unloadable {
        true => quote!(Unloadable),
        false => quote!(LoadOnly),
    };
    let switch = ast.table.is_some();
    let Shapes {
        constants,
        shapes,
        signatures,
        text,
    } = shapes::shapes(parts);
    let text = match text {
        Some(text) => quote!(#text),
        None => quote! {
            #rt::interface::utf8(const { &SIGNATURES.text::<{ SIGNATURES.text_length() }>() })
        },
    };
    quote! {
                #(#constants)*

                const SIGNATURES: #rt::interface::Signatures = #rt::interface::Signatures {
                    shapes: &[#(#shapes),*],
                    functions: &[#(#signatures),*],
                };

                #[allow(long_running_const_eval)]
                const OBSTACLES: &#rt::interface::Obstacles = &SIGNATURES.obstacles();

                #[allow(long_running_const_eval)]
                pub const TYPES: &[#rt::std::primitive::u8] =
                    &SIGNATURES.types::<{ SIGNATURES.types_length() }>();

                #[allow(long_running_const_eval)]
                pub const DECLARATION: #rt::Declaration = #rt::Declaration {
                    name: #name,
                    class: #rt::Class::#class,
                    switch: #switch,
                    abi: #rt::Abi::#abi,
                    version: #rt::std::env!("CARGO_PKG_VERSION"),
                    functions: #rt::Functions::new(
                        #text,
                        const { &SIGNATURES.declared::<#count>(#head) },
                    ),
                    unmap: OBSTACLES.unmap(),
                };

    }
}

/// The author's trait, with its functions' exports.
pub(super) fn trait_with_exports(parts: &InterfaceParts<'_>) -> ItemTrait {
    let (rt, module) = (&parts.outer_rt, parts.ast.ident());
    let mut item = parts.ast.item.clone();
    let exports = export::all(parts, rt);
    let types = quote!(#rt::types_of::<#module::dlkm_glue::DlkmInterface>());
    trait_item::finish(&mut item, rt, &exports, &types);
    item
}
