//! A module: the author's `impl` or `mod`, and the macro call that places its wrapper.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Ident, ImplItem, Item, ItemImpl, Path, parse_quote, parse_quote_spanned};

use super::{another, direct_link};
use crate::ast::{Body, Export, Module};
use crate::dependency::{Depends, Want};
use crate::{attributes, first_module, paths, switch_keys, tokens};

/// With `errors`, emits the item as it is, so that rustc still checks the rest of the crate.
pub(super) fn expand(ast: &Module<'_>, errors: Option<TokenStream>) -> TokenStream {
    let rt = paths::private(&ast.runtime.path);
    let glue = errors.is_none().then(|| place(ast, &rt));
    match &ast.body {
        Body::Impl(export) => {
            let mut item = export.item.clone();
            match errors {
                None => item = named(ast, &item, &rt),
                // Already reported; the interface is not unsafe.
                Some(_) => item.unsafety = None,
            }
            quote!(#errors #item #glue)
        }
        Body::Mod(item, _) => {
            let mut item = (*item).clone();
            if let Some((_, items)) = &mut item.content {
                for inner in items.iter_mut() {
                    let Item::Impl(inner) = inner else { continue };
                    let before = inner.attrs.len();
                    inner
                        .attrs
                        .retain(|attribute| !attributes::is_export(attribute));
                    if inner.attrs.len() < before {
                        match errors {
                            None => *inner = named(ast, inner, &rt),
                            Some(_) => inner.unsafety = None,
                        }
                    }
                }
                items
                    .iter_mut()
                    .for_each(|inner| NoExports.visit_item_mut(inner));
                items.push(Item::Verbatim(quote!(#glue)));
            }
            quote!(#errors #item)
        }
    }
}

/// Removes each `#[export]` in the wrong place, which was already reported.
struct NoExports;

impl VisitMut for NoExports {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| !attributes::is_export(attribute));
    }
}

/// The `impl`, with the module's name added for the exports' error messages.
fn named(ast: &Module<'_>, item: &ItemImpl, rt: &TokenStream) -> ItemImpl {
    let mut item = item.clone();
    let interface = item.trait_.as_ref().map(|(path, _)| path);
    let name = name(ast, &quote!(Self), interface);
    let constant: ImplItem = parse_quote_spanned! {at(interface)=>
        #[doc(hidden)]
        const DLKM_MODULE: &'static #rt::std::primitive::str = #name;
    };
    item.items.push(constant);
    item
}

/// The module's name: as written, or that of the interface.
fn name(ast: &Module<'_>, ty: &TokenStream, interface: Option<&Path>) -> TokenStream {
    match &ast.name {
        Some(name) => {
            let text = &name.text;
            quote!(#text)
        }
        None => {
            let exports = exports(ty, interface);
            quote!(#exports.interface.name)
        }
    }
}

/// The constant of the interface's trait with the exports. rustc reports any other trait here.
fn exports(ty: &TokenStream, interface: Option<&Path>) -> TokenStream {
    let constant = Ident::new("DLKM_EXPORTS", at(interface));
    quote!(<#ty as #interface>::#constant)
}

/// Where rustc points if the trait is not an interface.
fn at(interface: Option<&Path>) -> Span {
    let author = interface.and_then(|path| path.segments.last());
    author.map_or_else(Span::call_site, |last| {
        Span::call_site().located_at(last.ident.span())
    })
}

fn place(ast: &Module<'_>, rt: &TokenStream) -> TokenStream {
    let exports: Vec<_> = ast.body.exports().iter().map(of_export).collect();
    let described = ast
        .body
        .exports()
        .iter()
        .map(|export| described(export, rt));
    let first = ast.body.exports().first();
    let (ty, interface) = match first {
        Some(Export { item, interface }) => (&*item.self_ty, *interface),
        None => (&parse_quote!(()), None),
    };
    let name = name(ast, &quote!(#ty), interface);
    let kind = ast
        .kind
        .as_ref()
        .map_or_else(|| "misc".to_owned(), syn::LitStr::value);
    let version = match &ast.version {
        Some(version) => quote!(#version),
        None => quote!(#rt::std::env!("CARGO_PKG_VERSION")),
    };
    let desc = ast
        .desc
        .as_ref()
        .map_or_else(String::new, syn::LitStr::value);
    let words = |words: &Option<Vec<Ident>>, all: &str| match words {
        Some(words) => {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            words.join(" ")
        }
        None => all.to_owned(),
    };
    let states = words(&ast.states, "auto loaded static");
    let phases = words(&ast.phases, "");
    let critical = ast.critical.is_some();
    let depends: Vec<_> = ast.depends.iter().filter_map(Depends::module).collect();
    let depends = depends.join(" ");
    let strong = ast.depends.iter().filter_map(Depends::line);
    let keys = switch_keys::lines(&ast.switch_keys);
    let lines = strong.chain(ast.wants.iter().map(Want::line));
    let weak: Vec<_> = ast.weak.iter().map(syn::LitStr::value).collect();
    let weak = weak.join(" ");
    let idle = ast
        .idle
        .as_ref()
        .map_or_else(String::new, |idle| idle.millis.to_string());
    let hook = |path: &Option<syn::Path>| match path {
        Some(path) => quote!(#rt::hook(|arg| #rt::run_hook(#path, arg))),
        None => quote!(#rt::std::option::Option::None),
    };
    let (load, unload) = (hook(&ast.load), hook(&ast.unload));
    let save = match &ast.save {
        Some(path) => quote!(#rt::save_hook(|arg| #rt::run_save_hook(#path, arg))),
        None => quote!(#rt::std::option::Option::None),
    };
    let hand_over = ast.hand_over.iter().map(|state| {
        let there = Span::call_site().located_at(state.span());
        // Otherwise rustc would show the whole attribute.
        let rt = tokens::located(rt.clone(), there);
        let name = state.unraw().to_string();
        quote_spanned!(there=> #rt::handed_over(#name, &#state))
    });
    let names = names(ast);
    let direct = direct_link::of_driver(ast, rt, &names[0]);
    let can_be_idle = ast.idle.as_ref().map(|idle| {
        let there = Span::call_site().located_at(idle.literal.span());
        // Otherwise rustc would show the whole attribute.
        let rt = tokens::located(rt.clone(), there);
        quote_spanned! {there=>
            const _: () = #rt::idle_needs_unloadable(&[#(#exports.interface),*]);
        }
    });
    let is_in_a_switch = ast.switch_keys.at.map(|at| {
        let there = Span::call_site().located_at(at);
        let rt = tokens::located(rt.clone(), there);
        quote_spanned! {there=>
            const _: () = #rt::keys_need_switch(&[#(#exports.interface),*]);
        }
    });
    let can_be_unmapped = ast.unmap.as_ref().map(|unmap| {
        let there = Span::call_site().located_at(unmap.span());
        let rt = tokens::located(rt.clone(), there);
        quote_spanned! {there=>
            const _: () = #rt::unmap_needs_proof(&[#(#exports.interface),*]);
        }
    });
    let first = first_module::before_this();
    let image = match first {
        None => quote!(dlkm_image),
        // Never.
        Some(_) => quote!(any()),
    };
    let another = first.map(|first| {
        let name = format_ident!("{}_another", names[2]);
        another::report(&first, &name, rt)
    });
    quote! {
        #can_be_idle
        #can_be_unmapped
        #is_in_a_switch
        #another
        #rt::place_module! {
            names: [#(#names),*],
            image: #image,
            exports: [#(#exports),*],
            declared: #rt::Declared {
                name: #name,
                version: #version,
                kind: #kind,
                desc: #desc,
                states: #states,
                phases: #phases,
                critical: #critical,
                depends: #depends,
                lines: &[#(#lines,)* #(#keys),*],
                weak: #weak,
                idle: #idle,
                interfaces: &[#(#described),*],
                stubs: 0,
            },
            load: #load,
            unload: #unload,
            save: #save,
            hand_over: [#(#hand_over),*],
        }
        #direct
    }
}

/// Names for the items generated in the author's own scope, distinct for each module. A `mod` has
/// only one set; for an `impl`, the names contain interface and type.
fn names(ast: &Module<'_>) -> [Ident; 3] {
    let which = match &ast.body {
        Body::Mod(..) => String::new(),
        Body::Impl(export) => {
            let (ty, interface) = (&export.item.self_ty, export.interface);
            let letters = quote!(_ #interface _ #ty).to_string();
            letters
                .chars()
                .filter(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect()
        }
    };
    ["DLKM_WRAPPER", "DLKM_DECLARED", "dlkm_image"].map(|part| format_ident!("{part}{which}"))
}

fn of_export(export: &Export<'_>) -> TokenStream {
    let (ty, interface) = (&export.item.self_ty, export.interface);
    exports(&quote!(#ty), interface)
}

fn described(export: &Export<'_>, rt: &TokenStream) -> TokenStream {
    let (ty, interface) = (&export.item.self_ty, export.interface);
    let exports = of_export(export);
    let types = Ident::new("DLKM_TYPES", at(interface));
    quote! {
        #rt::Described {
            declaration: #exports.interface,
            types: <#ty as #interface>::#types,
        }
    }
}
