//! One stub: what callers call, its slot, the way taken while it is unbound, and the
//! export that a driver instantiates.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, Type};

use super::export;
use super::interface::taken_over;
use crate::ast::{Interface, Stub, StubKind};
use crate::paths;

/// The parts of a stub's type, as seen from the generated modules.
struct Parts<'a> {
    name: &'a Ident,
    /// `<'a, 'b>`; brackets even around nothing, which keep rustc from proposing to put its
    /// own into the author's declaration.
    lifetimes: TokenStream,
    args: Vec<&'a Ident>,
    types: Vec<Type>,
    result: Option<Type>,
}

impl<'a> Parts<'a> {
    fn new(stub: &'a Stub<'_>) -> Self {
        let generics = &stub.item.sig.generics.params;
        Parts {
            name: &stub.item.sig.ident,
            lifetimes: quote!(<#generics>),
            args: stub.args.iter().map(|arg| &arg.name).collect(),
            types: stub
                .args
                .iter()
                .map(|arg| paths::deeper_type(arg.ty))
                .collect(),
            result: stub.result.map(paths::deeper_type),
        }
    }

    fn arrow(&self) -> TokenStream {
        self.result
            .as_ref()
            .map(|ty| quote!(-> #ty))
            .unwrap_or_default()
    }

    /// `fn(...) -> ...`, where the lifetimes are declared.
    fn pointer(&self) -> TokenStream {
        let (types, arrow) = (&self.types, self.arrow());
        quote!(fn(#(#types),*) #arrow)
    }

    /// `for<'a> fn(...) -> ...`
    fn signature(&self, stub: &Stub<'_>) -> TokenStream {
        let (lifetimes, pointer) = (&self.lifetimes, self.pointer());
        let binder = (!stub.item.sig.generics.params.is_empty()).then(|| quote!(for #lifetimes));
        quote!(#binder #pointer)
    }
}

/// The name of one of a stub's generated items. Its span is none of the author's, so that
/// no lint judges it.
pub(super) fn part(what: &str, stub: &Stub<'_>) -> Ident {
    format_ident!("{what}_{}", stub.item.sig.ident, span = Span::call_site())
}

/// A local variable, apart from an author's argument of the same name.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The function that callers call.
pub(crate) fn caller(ast: &Interface<'_>, stub: &Stub<'_>) -> TokenStream {
    // One module less deep than the glue, so types are written as the author would there.
    let attributes = taken_over(ast, stub);
    let Parts {
        name,
        lifetimes,
        args,
        ..
    } = &Parts::new(stub);
    let slot = part("slot", stub);
    let types = stub.args.iter().map(|arg| paths::deeper_type_by(arg.ty, 1));
    let arrow = stub.result.map(|ty| {
        let ty = paths::deeper_type_by(ty, 1);
        quote!(-> #ty)
    });
    // Named, so that it lives until the call has returned.
    let held = stub.kind != StubKind::Strong && ast.unloadable();
    let variable = local("_hold");
    let hold = held.then(|| quote!(let #variable = dlkm_glue::hold();));
    quote! {
        #(#attributes)*
        #[inline]
        pub fn #name #lifetimes(#(#args: #types),*) #arrow {
            #hold
            dlkm_glue::#slot.function()(#(#args),*)
        }
    }
}

/// Slot, unbound function and export.
pub(crate) fn glue(
    ast: &Interface<'_>,
    rt: &TokenStream,
    index: usize,
    stub: &Stub<'_>,
    all: &[&Ident],
) -> TokenStream {
    let parts = Parts::new(stub);
    let Parts {
        lifetimes,
        args,
        types,
        ..
    } = &parts;
    let arrow = parts.arrow();
    let signature = parts.signature(stub);
    let [slot, export, load] = ["slot", "export", "load"].map(|what| part(what, stub));
    let [code, error] = ["code", "error"].map(local);
    let trait_ident = &ast.item.ident;
    let params = stub.item.sig.generics.params.iter();

    // What a call does that finds no module's function in its slot: it asks the kernel, then
    // calls the fallback, or returns the error.
    let ask = match stub.kind {
        StubKind::Weak => quote!(#rt::settle),
        StubKind::Strong | StubKind::Unloadable => quote!(#rt::resolve),
    };
    let ok = quote!(#rt::std::result::Result::Ok);
    let err = quote!(#rt::std::result::Result::Err);
    let (fallback, refuse) = match (&stub.fallback, &parts.result) {
        (Some(path), _) => {
            let path = paths::deeper_function(path, all);
            let name = part("FALLBACK", stub);
            let constant = quote!(const #name: #signature = #path;);
            let refuse = quote!(#err(_) => #name(#(#args),*));
            (Some((name, constant)), refuse)
        }
        (None, result) => {
            let result = result.as_ref().map_or_else(|| quote!(()), |ty| quote!(#ty));
            let call = quote!(<#result as #rt::OrLoadError>::or_load_error(#error));
            (None, quote!(#err(#error) => #call))
        }
    };
    let body = export::body(ast, rt, index, stub);
    let (fallback, constant) = fallback.unzip();
    // A weak stub's fallback needs no kernel, so its slot holds that at first.
    let first = fallback
        .filter(|_| stub.kind == StubKind::Weak)
        .unwrap_or_else(|| load.clone());
    quote! {
        #constant

        #[cold]
        fn #load #lifetimes(#(#args: #types),*) #arrow {
            match #ask(&INTERFACE, #index) {
                // SAFETY: the kernel checked name and signature against the module.
                #ok(#code) => (unsafe { #slot.typed(#code) })(#(#args),*),
                #refuse,
            }
        }

        // SAFETY: the type is a function pointer.
        pub static #slot: #rt::Slot<#signature> = unsafe { #rt::Slot::new(#first) };

        pub fn #export<
            #(#params,)*
            DlkmDriver: super::super::#trait_ident + ?#rt::std::marker::Sized
        >(
            #(#args: #types),*
        ) #arrow {
            #body
        }
    }
}

/// The stub's place in the interface's record.
pub(crate) fn record(rt: &TokenStream, stub: &Stub<'_>) -> TokenStream {
    let [slot, load, fallback] = ["slot", "load", "FALLBACK"].map(|what| part(what, stub));
    let (kind, unbound) = match stub.kind {
        StubKind::Strong => (quote!(Strong), &load),
        StubKind::Unloadable => (quote!(Unloadable), &load),
        StubKind::Weak => (quote!(Weak), &fallback),
    };
    quote!(#rt::Stub::new(#rt::StubKind::#kind, &#slot, #unbound, #load))
}
