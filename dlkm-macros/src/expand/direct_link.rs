//! Direct linking: a stub calls a symbol, which the driver's crate defines.
//!
//! Only the interface knows the symbol's name; a driver knows just the path of the trait. So the
//! interface leaves a macro under that path, since a trait and a macro may have the same name: code
//! that imports or renames one does the same with the other. The driver calls the macro with the
//! definition of each function, and the macro adds the symbol's name.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, Type, TypePath, Visibility, parse_quote};

use super::parts::{InterfaceParts, StubParts};
use crate::ast::{Export, Module, OnPanic};
use crate::static_list;

/// In the interface's glue: the symbols that its stubs call.
pub(super) fn symbols(interface: &InterfaceParts<'_>) -> Option<TokenStream> {
    if !interface.is_linked_directly() {
        return None;
    }
    let trait_ident = &interface.ast.item.ident;
    let functions = interface.stubs.iter().map(declaration);
    // rustc checks that the trait's functions have these types: coerced to a pointer, a function
    // keeps its type but for lifetimes.
    let same = interface.stubs.iter().map(|parts| {
        let (same, name, signature) = (parts.item("same"), parts.name(), parts.signature());
        quote! {
            pub fn #same<DlkmDriver: super::super::#trait_ident>() -> #signature {
                DlkmDriver::#name
            }
        }
    });
    Some(quote! {
        // SAFETY: `dlkm_rt::direct` has the proof: each is defined once, of this type.
        unsafe extern "Rust" {
            #(#functions)*
        }

        #(#same)*
    })
}

fn declaration(parts: &StubParts<'_>) -> TokenStream {
    let StubParts {
        lifetimes,
        args,
        types,
        symbol,
        ..
    } = parts;
    let (function, arrow) = (parts.item("direct"), parts.arrow());
    quote! {
        #[link_name = #symbol]
        pub safe fn #function #lifetimes(#(#args: #types),*) #arrow;
    }
}

/// Beside the trait: the macro that drivers call. It expands to nothing if the interface is not
/// linked directly.
pub(super) fn for_drivers(interface: &InterfaceParts<'_>) -> Option<TokenStream> {
    let symbols = interface.symbols.as_ref()?;
    let (ast, interface_name) = (interface.ast, &interface.ast.name.text);
    let name = Ident::new(&symbols.of_macro(), Span::call_site());
    let arms = interface.is_linked_directly().then(|| {
        let functions = interface.stubs.iter().map(arm);
        quote! {
            (@module [$($rt:tt)*] $wrapper:ident) => {
                $($rt)*::direct_module! { #interface_name, $wrapper }
            };
            #(#functions)*
        }
    });
    let vis = ast.vis();
    let export = matches!(vis, Visibility::Public(_)).then(|| quote!(#[macro_export]));
    let trait_ident = &ast.item.ident;
    Some(quote! {
        #[doc(hidden)]
        #export
        macro_rules! #name {
            #arms
            ($($other:tt)*) => {};
        }

        #[doc(hidden)]
        #vis use #name as #trait_ident;
    })
}

/// The macro's arm for one function, which the driver's definition matches by its name.
fn arm(parts: &StubParts<'_>) -> TokenStream {
    let (function, symbol, ast) = (parts.name(), &parts.symbol, parts.interface);
    // A panic goes on in the caller, as with any function; the export knows what else to do
    // about it.
    let way = match ast.on_panic {
        OnPanic::Propagate => quote!(call),
        OnPanic::Fallback | OnPanic::Unload(_) => {
            let (index, convention) = (&parts.index, &parts.convention);
            quote!([#convention] #index)
        }
    };
    let deprecated = [&parts.stub.item.attrs, &ast.item.attrs]
        .into_iter()
        .flatten();
    let allow = deprecated
        .filter(|one| one.path().is_ident("deprecated"))
        .map(|_| quote!(#[allow(deprecated)]))
        .next();
    quote! {
        (@function [$($rt:tt)*] #function $($function:tt)*) => {
            $($rt)*::direct_function! { #way, #symbol, [#allow] $($function)* }
        };
    }
}

/// In a driver's crate: the calls of the macros of its interfaces.
pub(super) fn of_driver(
    ast: &Module<'_>,
    rt: &TokenStream,
    wrapper: &Ident,
) -> Option<TokenStream> {
    let exports = ast.body.exports().iter().filter(|_| static_list::is_used());
    let calls: Vec<_> = exports.map(|export| calls(export, rt, wrapper)).collect();
    (!calls.is_empty()).then(|| quote!(#(#calls)*))
}

fn calls(export: &Export<'_>, rt: &TokenStream, wrapper: &Ident) -> TokenStream {
    let interface = export.interface;
    let functions = export.item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(definition(export, rt, function)),
        _ => None,
    });
    quote! {
        #interface! { @module [#rt] #wrapper }
        #(#functions)*
    }
}

/// The definition of one function's symbol, from the function in the `impl`.
fn definition(export: &Export<'_>, rt: &TokenStream, function: &ImplItemFn) -> TokenStream {
    let (ty, interface, sig) = (&export.item.self_ty, export.interface, &function.sig);
    let name = &sig.ident;
    // The author did not write this call.
    let mut called = name.clone();
    called.set_span(Span::call_site());
    let kept = function.attrs.iter().filter(|one| is_kept(one));
    let generics = &sig.generics.params;
    let binder = (!generics.is_empty()).then(|| quote!(for<#generics>));
    let mut types: Vec<Type> = sig.inputs.iter().filter_map(typed).collect();
    let mut output = sig.output.clone();
    let mut driver = Driver(ty);
    types.iter_mut().for_each(|one| driver.visit_type_mut(one));
    driver.visit_return_type_mut(&mut output);
    let args: Vec<_> = (0..types.len())
        .map(|i| Ident::new(&format!("arg{i}"), Span::mixed_site()))
        .collect();
    let any = types.iter().map(|_| quote!(_));
    quote! {
        #interface! {
            @function [#rt] #name
            [#(#kept)*] [<#generics>(#(#args: #types),*) #output]
            [#binder fn(#(#types),*) #output] [fn(#(#any),*) -> _]
            [<#ty as #interface>] [#called] [#(#args),*]
        }
    }
}

fn typed(arg: &FnArg) -> Option<Type> {
    match arg {
        FnArg::Typed(arg) => Some((*arg.ty).clone()),
        FnArg::Receiver(_) => None,
    }
}

/// Replaces `Self`, which means nothing outside of the `impl`, by the driver's type.
struct Driver<'a>(&'a Type);

impl VisitMut for Driver<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        let Type::Path(TypePath {
            qself: None, path, ..
        }) = ty
        else {
            return;
        };
        if path.segments.first().is_none_or(|one| one.ident != "Self") {
            return;
        }
        let (driver, rest) = (self.0, path.segments.iter().skip(1));
        *ty = match path.segments.len() {
            1 => driver.clone(),
            _ => parse_quote!(<#driver> #(::#rest)*),
        };
    }
}

/// Whether the symbol's definition has the attribute too.
fn is_kept(attribute: &Attribute) -> bool {
    ["cfg", "cfg_attr", "allow"]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}
