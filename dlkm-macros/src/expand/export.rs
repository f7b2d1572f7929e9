//! Exports: the functions around a driver's functions that slots hold. An export is instantiated in
//! the driver's crate, and catches panics there.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::parts::{InterfaceParts, MOST, StubParts, local};
use super::{driver_call, future, shapes};
use crate::ast::{Abi, OnPanic};

/// Whether one of the runtime's own exports fits. Those cost the interface's crate much less compile
/// time than a generated function.
fn is_generic(parts: &StubParts<'_>) -> bool {
    let ast = parts.interface;
    !matches!(ast.on_panic, OnPanic::Fallback)
        && ast.abi == Abi::Rust
        && parts.args.len() <= MOST
        && parts.shielded.iter().all(Option::is_none)
}

/// The exports of a driver, for a constant of the trait. `rt` is the runtime as named there.
pub(super) fn all(interface: &InterfaceParts<'_>, rt: &TokenStream) -> TokenStream {
    let module = interface.ast.ident();
    let exports = interface.stubs.iter().map(|parts| reference(parts, rt));
    quote! {
        #rt::Exports {
            interface: #rt::declaration_of::<#module::dlkm_glue::DlkmInterface>(),
            functions: &[#(#exports),*],
        }
    }
}

fn reference(parts: &StubParts<'_>, rt: &TokenStream) -> TokenStream {
    let (module, name, index) = (parts.interface.ident(), parts.name(), &parts.index);
    if !is_generic(parts) {
        let export = parts.item("export");
        return quote! {
            #rt::Code::new(#module::dlkm_glue::#export::<Self> as *const ())
        };
    }
    let prefix = if parts.stub.is_async() { "async_" } else { "" };
    let count = parts.args.len();
    let export = format_ident!("{prefix}export{count}", span = Span::call_site());
    let types = parts.args.iter().map(|_| quote!(_));
    quote! {
        #rt::#export::<#module::dlkm_glue::DlkmExports<Self>, #index, _, #(#types,)* _>(Self::#name)
    }
}

/// The types by which generic code knows the interface, and the interface with a driver.
pub(super) fn known(interface: &InterfaceParts<'_>) -> TokenStream {
    let (ast, rt) = (interface.ast, &interface.rt);
    let (std, trait_ident) = (quote!(#rt::std), &ast.item.ident);
    let unload = matches!(ast.on_panic, OnPanic::Unload(_));
    quote! {
        pub enum DlkmInterface {}

        impl #rt::Declaring for DlkmInterface {
            const DECLARATION: &'static #rt::Declaration = &DECLARATION;
            const TYPES: &'static [#std::primitive::u8] = TYPES;
            const SIGNATURES: #rt::interface::Signatures = SIGNATURES;
            const UNLOAD: #std::primitive::bool = #unload;
        }

        pub struct DlkmExports<D: ?#std::marker::Sized>(#std::marker::PhantomData<D>);

        impl<D: super::super::#trait_ident + ?#std::marker::Sized> #rt::Exporting for DlkmExports<D> {
            type Interface = DlkmInterface;
            const MODULE: &'static #std::primitive::str = D::DLKM_MODULE;
        }
    }
}

/// The export of a function for which the runtime has none.
pub(super) fn item(parts: &StubParts<'_>) -> Option<TokenStream> {
    if is_generic(parts) {
        return None;
    }
    let StubParts {
        stub,
        rt,
        args,
        types,
        convention,
        ..
    } = parts;
    let (export, trait_ident) = (parts.item("export"), &parts.interface.item.ident);
    let (params, arrow) = (stub.item.sig.generics.params.iter(), parts.slot_arrow());
    let body = match (stub.is_async(), &parts.interface.on_panic) {
        (true, _) => future::export_body(parts),
        (false, OnPanic::Fallback) => or_fallback(parts),
        (false, OnPanic::Propagate | OnPanic::Unload(_)) => body(parts),
    };
    Some(quote! {
        pub #convention fn #export<
            #(#params,)*
            DlkmDriver: super::super::#trait_ident + ?#rt::std::marker::Sized
        >(
            #(#args: #types),*
        ) #arrow {
            #body
        }
    })
}

/// Calls the driver's function, and passes its panic on.
fn body(parts: &StubParts<'_>) -> TokenStream {
    let (rt, index) = (&parts.rt, &parts.index);
    let args = parts.args.iter().map(|arg| quote!(#arg)).collect();
    let (shields, call) = driver_call::call(parts, args);
    let frame = local("frame");
    quote! {
        let #frame = 0;
        #rt::export::<DlkmExports<DlkmDriver>, #index, _>(&#frame, || {
            #(#shields)*
            #call
        })
    }
}

/// With `on_panic = fallback`: calls the driver's function, and after a panic the fallback.
fn or_fallback(parts: &StubParts<'_>) -> TokenStream {
    let StubParts {
        stub, rt, result, ..
    } = parts;
    let name = parts.name();
    let (interface, function) = (&parts.interface.name.text, name.to_string());
    let [error, value] = ["error", "result"].map(local);
    let std = quote!(#rt::std::result::Result);
    let (mut saved, mut first, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for (i, arg) in stub.args.iter().enumerate() {
        let name = &arg.name;
        if stub.fallback.is_none() {
            first.push(quote!(#name));
        } else if matches!(arg.ty, Type::Reference(ty) if ty.mutability.is_some()) {
            first.push(quote!(&mut *#name));
            again.push(quote!(#name));
        } else {
            let copy = local(&format!("copy{i}"));
            let call = quote_spanned!(arg.ty.span()=> Again::again(&#name));
            saved.push(quote!(let #copy = #rt::#call;));
            first.push(quote!(#name));
            again.push(copy.to_token_stream());
        }
    }
    let refuse = match stub.fallback {
        Some(_) => {
            let fallback = parts.item("FALLBACK");
            quote! {
                let _ = #error;
                #fallback(#(#again),*)
            }
        }
        None => quote!(<#result as #rt::OrLoadError>::or_load_error(#error)),
    };
    let calls_back = shapes::calls_back(parts);
    let (shields, call) = driver_call::call(parts, first);
    quote! {
        #(#saved)*
        match #rt::contain_or_error::<#calls_back, _>(
            DlkmDriver::DLKM_MODULE,
            (#interface, #function),
            || {
                #(#shields)*
                #call
            },
        ) {
            #std::Ok(#value) => #value,
            #std::Err(#error) => {
                #refuse
            }
        }
    }
}
