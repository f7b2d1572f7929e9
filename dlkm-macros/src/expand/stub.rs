//! One stub: what callers call, its slot, the way taken while it is unbound, and the
//! export that a driver instantiates.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, Type};

use super::interface::taken_over;
use super::shapes;
use crate::ast::{Abi, Interface, Stub, StubKind};
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
    /// `extern "C-unwind"`, or nothing.
    convention: TokenStream,
}

impl<'a> Parts<'a> {
    fn new(ast: &Interface<'_>, stub: &'a Stub<'_>) -> Self {
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
            // C's own, but a Rust module's panic may pass.
            convention: match ast.abi {
                Abi::Rust => TokenStream::new(),
                Abi::C => quote!(extern "C-unwind"),
            },
        }
    }

    fn arrow(&self) -> TokenStream {
        self.result
            .as_ref()
            .map(|ty| quote!(-> #ty))
            .unwrap_or_default()
    }

    /// `for<'a> fn(...) -> ...`
    fn signature(&self, stub: &Stub<'_>, convention: &TokenStream) -> TokenStream {
        let (lifetimes, types, arrow) = (&self.lifetimes, &self.types, self.arrow());
        let binder = (!stub.item.sig.generics.params.is_empty()).then(|| quote!(for #lifetimes));
        quote!(#binder #convention fn(#(#types),*) #arrow)
    }
}

/// The name of one of a stub's generated items. Its span is none of the author's, so that
/// no lint judges it.
pub(super) fn part(what: &str, stub: &Stub<'_>) -> Ident {
    format_ident!("{what}_{}", stub.item.sig.ident, span = Span::call_site())
}

/// A local variable, apart from an author's argument of the same name.
fn local(name: &str) -> Ident {
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
    } = &Parts::new(ast, stub);
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
    let parts = Parts::new(ast, stub);
    let Parts {
        name,
        lifetimes,
        args,
        types,
        convention,
        ..
    } = &parts;
    let arrow = parts.arrow();
    let signature = parts.signature(stub, convention);
    let [slot, export, load] = ["slot", "export", "load"].map(|what| part(what, stub));
    let [code, error, frame] = ["code", "error", "frame"].map(local);
    let (interface, function) = (&ast.name.text, name.to_string());
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
            // The author's function is one of Rust's in any case.
            let own = parts.signature(stub, &TokenStream::new());
            let constant = quote!(const #name: #own = #path;);
            let refuse = quote!(#err(_) => #name(#(#args),*));
            (Some((name, constant)), refuse)
        }
        (None, result) => {
            let result = result.as_ref().map_or_else(|| quote!(()), |ty| quote!(#ty));
            let call = quote!(<#result as #rt::OrLoadError>::or_load_error(#error));
            (None, quote!(#err(#error) => #call))
        }
    };
    let calls_back = shapes::calls_back(rt, index, stub);
    let (fallback, constant) = fallback.unzip();
    // A weak stub's fallback needs no kernel, so its slot holds that at first.
    let fallback = fallback.filter(|_| stub.kind == StubKind::Weak);
    let wrapper = fallback.as_ref().filter(|_| ast.abi == Abi::C).map(|name| {
        let unbound = unbound(ast, stub);
        quote! {
            #convention fn #unbound #lifetimes(#(#args: #types),*) #arrow {
                #name(#(#args),*)
            }
        }
    });
    let first = match fallback {
        Some(_) => unbound(ast, stub),
        None => load.clone(),
    };
    quote! {
        #constant
        #wrapper

        #[cold]
        #convention fn #load #lifetimes(#(#args: #types),*) #arrow {
            match #ask(&INTERFACE, #index) {
                // SAFETY: the kernel checked name and signature against the module.
                #ok(#code) => (unsafe { #slot.typed(#code) })(#(#args),*),
                #refuse,
            }
        }

        // SAFETY: the type is a function pointer.
        pub static #slot: #rt::Slot<#signature> = unsafe { #rt::Slot::new(#first) };

        pub #convention fn #export<
            #(#params,)*
            DlkmDriver: super::super::#trait_ident + ?#rt::std::marker::Sized
        >(
            #(#args: #types),*
        ) #arrow {
            let #frame = 0;
            #rt::contain::<#calls_back, _>(&#frame, DlkmDriver::DLKM_MODULE, (#interface, #function), || {
                DlkmDriver::#name(#(#args),*)
            })
        }
    }
}

/// What a weak stub's slot holds at first: the fallback, in an interface of ABI C a function
/// that calls it.
fn unbound(ast: &Interface<'_>, stub: &Stub<'_>) -> Ident {
    match ast.abi {
        Abi::Rust => part("FALLBACK", stub),
        Abi::C => part("fallback", stub),
    }
}

/// The stub's place in the interface's record.
pub(crate) fn record(ast: &Interface<'_>, rt: &TokenStream, stub: &Stub<'_>) -> TokenStream {
    let [slot, load] = ["slot", "load"].map(|what| part(what, stub));
    let (kind, unbound) = match stub.kind {
        StubKind::Strong => (quote!(Strong), &load),
        StubKind::Unloadable => (quote!(Unloadable), &load),
        StubKind::Weak => (quote!(Weak), &unbound(ast, stub)),
    };
    quote!(#rt::Stub::new(#rt::StubKind::#kind, &#slot, #unbound, #load))
}
