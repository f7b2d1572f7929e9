//! `async fn` in an interface: what differs from other functions. The slot's functions return a
//! `Pending`, the runtime's box around a future; the stub is an `async fn` that awaits it.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, ItemTrait, Path, ReturnType, Signature, TraitItem, parse_quote_spanned};

use super::stub::{Parts, local, part};
use crate::ast::{Interface, OnPanic, Stub};
use crate::shape;

/// The trait's function returns a future with these bounds more. A driver still writes
/// `async fn`.
pub(super) fn desugar(item: &mut ItemTrait, rt: &TokenStream, bounds: &TokenStream) {
    for member in &mut item.items {
        if let TraitItem::Fn(function) = member {
            desugar_signature(&mut function.sig, rt, bounds);
        }
    }
}

fn desugar_signature(sig: &mut Signature, rt: &TokenStream, bounds: &TokenStream) {
    let Some(token) = sig.asyncness.take() else {
        return;
    };
    let result = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    // Where rustc points to if a driver's future is not `Send`.
    let there = Span::call_site().located_at(token.span);
    let [rt, bounds] = [rt, bounds].map(|tokens| shape::located(tokens.clone(), token.span));
    sig.output = parse_quote_spanned! {there=>
        -> impl #rt::std::future::Future<Output = #result> #bounds
    };
}

/// What the glue of an interface with such a function has more.
pub(super) fn glue(ast: &Interface<'_>, rt: &TokenStream) -> Option<TokenStream> {
    let any = ast.stubs.iter().any(Stub::is_async);
    let hold = ast.unloadable().then(|| {
        quote! {
            #[inline(always)]
            pub fn hold() -> #rt::Hold {
                STUBS.hold.enter().unwrap_or_else(|| STUBS.hold.enter_first(&INTERFACE))
            }
        }
    });
    any.then(|| {
        quote! {
            pub use #rt::Pending as DlkmPending;
            #hold
        }
    })
}

/// What the slot's functions return, and its arrow.
pub(super) fn arrow(rt: &TokenStream, parts: &Parts<'_>) -> TokenStream {
    let result = parts.result();
    quote!(-> #rt::Pending<#result>)
}

/// The body of the function that callers call: `call` is the call through the slot, to be made
/// under a hold, and the future then holds the module itself.
pub(super) fn awaited(holds: bool, call: &TokenStream) -> TokenStream {
    let [future, hold] = ["future", "_hold"].map(local);
    // Named, so that it lives until the call has returned.
    let hold = holds.then(|| quote!(let #hold = dlkm_glue::hold();));
    quote! {
        // Nobody can have the future but this function's own, which borrows all its arguments.
        let #future: dlkm_glue::DlkmPending<_> = {
            #hold
            #call
        };
        #future.await
    }
}

/// The author's fallback as a function of the slot's type.
pub(super) fn fallback(
    rt: &TokenStream,
    stub: &Stub<'_>,
    parts: &Parts<'_>,
    path: &Path,
) -> TokenStream {
    let (name, lifetimes) = (part("fallback", stub), &parts.lifetimes);
    let (args, types, arrow) = (&parts.args, &parts.types, arrow(rt, parts));
    // Where rustc points to if it is no such future.
    let there = path.span();
    let result = parts.result();
    let mut future = local("future");
    future.set_span(future.span().located_at(there));
    let rt_there = shape::located(rt.clone(), there);
    let make = quote_spanned! {Span::call_site().located_at(there)=>
        #rt_there::Pending::<#result>::new(#future)
    };
    quote! {
        fn #name #lifetimes(#(#args: #types),*) #arrow {
            let #future = #path(#(#args),*);
            // SAFETY: the stub drops it before its own arguments end.
            unsafe { #make }
        }
    }
}

/// Returns the error of a stub without fallback.
pub(super) fn refuse(rt: &TokenStream, parts: &Parts<'_>, error: &Ident) -> TokenStream {
    let result = parts.result();
    quote! {
        // SAFETY: it borrows nothing.
        unsafe {
            #rt::Pending::new(async move {
                <#result as #rt::OrLoadError>::or_load_error(#error)
            })
        }
    }
}

/// The body of an export for which the runtime has none.
pub(super) fn export_body(
    ast: &Interface<'_>,
    rt: &TokenStream,
    index: usize,
    stub: &Stub<'_>,
) -> TokenStream {
    let (name, index) = (&stub.item.sig.ident, Literal::usize_unsuffixed(index));
    let args: Vec<&Ident> = stub.args.iter().map(|arg| &arg.name).collect();
    let generics = quote!(DlkmExports<DlkmDriver>, #index, _);
    let safety = quote! {
        // SAFETY: a stub calls it, which drops the future before its own arguments end.
    };
    if let OnPanic::Fallback = ast.on_panic {
        return quote! {
            #safety
            unsafe { #rt::pending_or_error::<#generics>(move || DlkmDriver::#name(#(#args),*)) }
        };
    }
    let frame = local("frame");
    quote! {
        let #frame = 0;
        #safety
        unsafe { #rt::pending::<#generics>(&#frame, || DlkmDriver::#name(#(#args),*)) }
    }
}
