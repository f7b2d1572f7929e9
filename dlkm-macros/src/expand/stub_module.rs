//! The autoload stub module of an interface of ABI C: an image, or a part of the host, whose symbols are
//! the interface's functions under their C names.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::parts::{InterfaceParts, StubParts};
use crate::ast::Abi;
use crate::static_list;

/// In the interface's glue: the module and its symbols, where the crate is built as an image
/// (`--cfg dlkm_stubs="NAME"`) or where `DLKM_STATIC` lists the stub module. `REACH` is always there.
pub(super) fn stub_module(parts: &InterfaceParts<'_>) -> Option<TokenStream> {
    if parts.ast.abi != Abi::C {
        return None;
    }
    let (rt, interface) = (&parts.rt, &parts.ast.name.text);
    let module = format!("{interface}_stub");
    let linked = static_list::names(&module);
    let symbols = parts
        .stubs
        .iter()
        .map(|stub| symbol(stub, interface, linked));
    let module = module_of(parts, &module, linked);
    Some(quote! {
        #[cfg(not(dlkm_stubs = #interface))]
        pub const REACH: #rt::std::option::Option<#rt::Reach> = #rt::None;
        #module
        #(#symbols)*
    })
}

fn module_of(parts: &InterfaceParts<'_>, module: &str, linked: bool) -> TokenStream {
    let (rt, interface) = (&parts.rt, &parts.ast.name.text);
    let desc = format!("Autoload stub for the {interface} DLKM");
    let line = format!("stub-of={interface}");
    let count = u32::try_from(parts.stubs.len()).unwrap_or(u32::MAX);
    let only_here = only_here(interface, linked);
    quote! {
        #[cfg(dlkm_stubs = #interface)]
        pub const REACH: #rt::std::option::Option<#rt::Reach> = #rt::Some(|interface, index| {
            #rt::reach(|| #rt::of_module(&DLKM_STUB_WRAPPER, #module), interface, index)
        });

        #only_here
        #rt::place_module! {
            names: [DLKM_STUB_WRAPPER, DLKM_STUB_DECLARED, dlkm_stub_image],
            image: dlkm_stubs = #interface,
            exports: [],
            declared: #rt::Declared {
                name: #module,
                version: #rt::std::env!("CARGO_PKG_VERSION"),
                kind: "misc",
                desc: #desc,
                states: "loaded static",
                phases: "boot1 init",
                critical: false,
                depends: "",
                lines: &[#line],
                weak: "",
                idle: "",
                interfaces: &[],
                stubs: #count,
            },
            load: #rt::None,
            unload: #rt::None,
            save: #rt::None,
            hand_over: [],
        }
    }
}

/// The function that C code calls.
fn symbol(parts: &StubParts<'_>, interface: &str, linked: bool) -> TokenStream {
    let StubParts {
        lifetimes,
        args,
        types,
        convention,
        ..
    } = parts;
    let (function, arrow) = (parts.name(), parts.arrow());
    // `type` for `r#type`, which is no name of C.
    let name = function.unraw().to_string();
    let item = format_ident!("symbol_{name}");
    let only_here = only_here(interface, linked);
    quote! {
        #only_here
        #[unsafe(export_name = #name)]
        pub #convention fn #item #lifetimes(#(#args: #types),*) #arrow {
            super::#function(#(#args),*)
        }
    }
}

/// The cfg of the stub module's image; nothing where the stub module is linked.
fn only_here(interface: &str, linked: bool) -> Option<TokenStream> {
    (!linked).then(|| quote!(#[cfg(dlkm_stubs = #interface)]))
}
