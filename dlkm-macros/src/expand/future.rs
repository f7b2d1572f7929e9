//! `async fn` in an interface: how it differs from other functions. The functions in its slot
//! return a `ModuleFuture`, the runtime's box around a future; the stub is an `async fn` that awaits it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, ItemTrait, Path, ReturnType, Signature, TraitItem, parse_quote_spanned};

use super::driver_call;
use super::parts::{InterfaceParts, StubParts, local};
use crate::ast::{OnPanic, Stub};
use crate::tokens;

/// Makes each `async fn` of the trait a function that returns a future with these bounds. A driver
/// still writes `async fn`.
pub(super) fn desugar(item: &mut ItemTrait, std: &TokenStream, bounds: &TokenStream) {
    for member in &mut item.items {
        if let TraitItem::Fn(function) = member {
            desugar_signature(&mut function.sig, std, bounds);
        }
    }
}

fn desugar_signature(sig: &mut Signature, std: &TokenStream, bounds: &TokenStream) {
    let Some(token) = sig.asyncness.take() else {
        return;
    };
    let result = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    // Where rustc points to if a driver's future is not `Send`.
    let there = Span::call_site().located_at(token.span);
    let [std, bounds] = [std, bounds].map(|these| tokens::located(these.clone(), token.span));
    sig.output = parse_quote_spanned! {there=>
        -> impl #std::future::Future<Output = #result> #bounds
    };
}

/// The items in the glue that the stubs of an interface with an `async fn` use.
pub(super) fn glue(parts: &InterfaceParts<'_>) -> Option<TokenStream> {
    let (rt, ast) = (&parts.rt, parts.ast);
    let any = ast.stubs.iter().any(Stub::is_async);
    let hold = ast.unloadable.then(|| {
        quote! {
            #[inline(always)]
            pub fn hold() -> #rt::Hold {
                STUBS.hold.enter().unwrap_or_else(|| STUBS.hold.enter_first(&INTERFACE))
            }
        }
    });
    any.then(|| {
        quote! {
            pub use #rt::ModuleFuture as DlkmFuture;
            #hold
        }
    })
}

/// The body of the stub. `call` is the call through the slot, which is made under a hold; the
/// future then holds the module itself.
pub(super) fn awaited(parts: &StubParts<'_>, call: &TokenStream) -> TokenStream {
    let [future, hold] = ["future", "_hold"].map(local);
    // Named, so that it lives until the call has returned.
    let hold = parts
        .holds()
        .then(|| quote!(let #hold = dlkm_glue::hold();));
    quote! {
        // Only the future of this function can own it, and that borrows all its arguments.
        let #future: dlkm_glue::DlkmFuture<_> = {
            #hold
            #call
        };
        #future.await
    }
}

/// The author's fallback as a function `name` that the slot may hold.
pub(super) fn fallback(parts: &StubParts<'_>, name: &Ident, path: &Path) -> TokenStream {
    let StubParts {
        rt,
        lifetimes,
        args,
        types,
        result,
        ..
    } = parts;
    let arrow = parts.slot_arrow();
    // Where rustc points to if the fallback returns no such future.
    let there = path.span();
    let mut future = local("future");
    future.set_span(future.span().located_at(there));
    let rt_there = tokens::located(quote!(#rt), there);
    let make = quote_spanned! {Span::call_site().located_at(there)=>
        #rt_there::ModuleFuture::<#result>::new(#future)
    };
    quote! {
        fn #name #lifetimes(#(#args: #types),*) #arrow {
            let #future = #path(#(#args),*);
            // SAFETY: the stub drops it before its own arguments end.
            unsafe { #make }
        }
    }
}

/// A future that is the error of a stub without fallback.
pub(super) fn refuse(parts: &StubParts<'_>, error: &Ident) -> TokenStream {
    let (rt, result) = (&parts.rt, &parts.result);
    quote! {
        // SAFETY: it borrows nothing.
        unsafe {
            #rt::ModuleFuture::new(async move {
                <#result as #rt::OrLoadError>::or_load_error(#error)
            })
        }
    }
}

/// The body of an export for which the runtime has none.
pub(super) fn export_body(parts: &StubParts<'_>) -> TokenStream {
    let (rt, index) = (&parts.rt, &parts.index);
    let args = parts.args.iter().map(|arg| quote!(#arg)).collect();
    let (shields, call) = driver_call::call(parts, args);
    let call = match shields.is_empty() {
        true => call,
        // The future owns the shields.
        false => quote!(async move { #(#shields)* #call.await }),
    };
    let generics = quote!(DlkmExports<DlkmDriver>, #index, _);
    let safety = quote! {
        // SAFETY: a stub calls it, which drops the future before its own arguments end.
    };
    if let OnPanic::Fallback = parts.interface.on_panic {
        return quote! {
            #safety
            unsafe { #rt::module_future_or_error::<#generics>(move || #call) }
        };
    }
    let frame = local("frame");
    quote! {
        let #frame = 0;
        #safety
        unsafe { #rt::module_future::<#generics>(&#frame, || #call) }
    }
}
