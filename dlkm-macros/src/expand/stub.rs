//! One stub: what callers call, the way taken while it is unbound, and the export of the
//! driver's function.

use std::collections::HashSet;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, Type};

use super::asynchronous;
use super::interface::taken_over;
use crate::ast::{Abi, Interface, Stub, StubKind};
use crate::paths;

/// The parts of a stub's type, as seen from the generated modules.
pub(super) struct Parts<'a> {
    /// `<'a, 'b>`; brackets even around nothing, which keep rustc from proposing to put its
    /// own into the author's declaration.
    pub(super) lifetimes: TokenStream,
    pub(super) args: Vec<&'a Ident>,
    pub(super) types: Vec<Type>,
    result: Option<Type>,
    /// `extern "C-unwind"`, or nothing.
    pub(super) convention: TokenStream,
}

impl<'a> Parts<'a> {
    pub(super) fn new(ast: &Interface<'_>, stub: &'a Stub<'_>) -> Self {
        let generics = &stub.item.sig.generics.params;
        Parts {
            lifetimes: quote!(<#generics>),
            args: stub.args.iter().map(|arg| &arg.name).collect(),
            types: stub
                .args
                .iter()
                .map(|arg| paths::deeper_type(arg.ty))
                .collect(),
            result: stub.result.map(paths::deeper_type),
            convention: convention(ast),
        }
    }

    pub(super) fn arrow(&self) -> TokenStream {
        self.result
            .as_ref()
            .map(|ty| quote!(-> #ty))
            .unwrap_or_default()
    }

    pub(super) fn result(&self) -> TokenStream {
        self.result
            .as_ref()
            .map_or_else(|| quote!(()), |ty| quote!(#ty))
    }

    /// `for<'a> fn(...) -> ...`
    pub(super) fn signature(&self, stub: &Stub<'_>) -> TokenStream {
        let (lifetimes, types, arrow) = (&self.lifetimes, &self.types, self.arrow());
        let binder = (!stub.item.sig.generics.params.is_empty()).then(|| quote!(for #lifetimes));
        quote!(#binder fn(#(#types),*) #arrow)
    }
}

/// C's own calling convention, but a Rust module's panic may pass.
pub(super) fn convention(ast: &Interface<'_>) -> TokenStream {
    match ast.abi {
        Abi::Rust => TokenStream::new(),
        Abi::C => quote!(extern "C-unwind"),
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
pub(crate) fn caller(ast: &Interface<'_>, index: usize, stub: &Stub<'_>) -> TokenStream {
    let attributes = taken_over(ast, stub);
    let (name, generics) = (&stub.item.sig.ident, &stub.item.sig.generics.params);
    let args: Vec<_> = stub.args.iter().map(|arg| &arg.name).collect();
    // One module less deep than the glue, so types are written as the author would there.
    let types = stub.args.iter().map(|arg| paths::deeper_type_by(arg.ty, 1));
    let arrow = stub.result.map(|ty| {
        let ty = paths::deeper_type_by(ty, 1);
        quote!(-> #ty)
    });
    if ast.called_directly().is_some() {
        let function = part("direct", stub);
        return quote! {
            #(#attributes)*
            #[inline]
            pub fn #name<#generics>(#(#args: #types),*) #arrow {
                dlkm_glue::#function(#(#args),*)
            }
        };
    }
    let (index, pointer) = (Literal::usize_unsuffixed(index), inferred(ast, stub));
    // Without a module there is nothing to hold.
    let unbound =
        (holds(ast, stub) && stub.kind == StubKind::Weak && !stub.is_async()).then(|| {
            let fallback = part("FALLBACK", stub);
            quote! {
                if dlkm_glue::STUBS.is_unbound::<#index>() {
                    return dlkm_glue::#fallback(#(#args),*);
                }
            }
        });
    let call = quote! {
        // SAFETY: the slot's functions have the type of this one.
        (unsafe { dlkm_glue::STUBS.function::<#index, #pointer>() })(#(#args),*)
    };
    let hold = holds(ast, stub).then(|| {
        let (first, hold) = (part("first", stub), local("hold"));
        // A variable, so that it lives until the call has returned. A function apart for the
        // other case, so that here nothing has to be kept for it.
        quote! {
            let #hold = dlkm_glue::STUBS.hold.enter();
            if #hold.is_none() {
                return dlkm_glue::#first(#(#args),*);
            }
        }
    });
    let asyncness = &stub.item.sig.asyncness;
    let body = match stub.is_async() {
        true => asynchronous::awaited(holds(ast, stub), &call),
        false => quote!(#unbound #hold #call),
    };
    quote! {
        #(#attributes)*
        #[inline]
        pub #asyncness fn #name<#generics>(#(#args: #types),*) #arrow {
            #body
        }
    }
}

/// Whether a call of the stub holds the module.
fn holds(ast: &Interface<'_>, stub: &Stub<'_>) -> bool {
    stub.kind != StubKind::Strong && ast.unloadable()
}

/// A thread's first call of the interface.
fn first(ast: &Interface<'_>, index: usize, stub: &Stub<'_>, parts: &Parts<'_>) -> TokenStream {
    let (name, hold) = (part("first", stub), local("_hold"));
    let Parts {
        lifetimes,
        args,
        types,
        ..
    } = parts;
    let arrow = parts.arrow();
    let (index, pointer) = (Literal::usize_unsuffixed(index), inferred(ast, stub));
    quote! {
        #[cold]
        pub fn #name #lifetimes(#(#args: #types),*) #arrow {
            let #hold = STUBS.hold.enter_first(&INTERFACE);
            // SAFETY: the slot's functions have the type of this one.
            (unsafe { STUBS.function::<#index, #pointer>() })(#(#args),*)
        }
    }
}

/// The type of the stub's function where rustc finds the types in it.
fn inferred(ast: &Interface<'_>, stub: &Stub<'_>) -> TokenStream {
    let (convention, types) = (convention(ast), stub.args.iter().map(|_| quote!(_)));
    quote!(#convention fn(#(#types),*) -> _)
}

/// The way taken while the stub is unbound.
pub(crate) fn glue(
    ast: &Interface<'_>,
    rt: &TokenStream,
    index: usize,
    stub: &Stub<'_>,
    all: &HashSet<&Ident>,
) -> TokenStream {
    let parts = Parts::new(ast, stub);
    let Parts {
        lifetimes,
        args,
        types,
        convention,
        ..
    } = &parts;
    let arrow = match stub.is_async() {
        true => asynchronous::arrow(rt, &parts),
        false => parts.arrow(),
    };
    let load = part("load", stub);
    let [code, error] = ["code", "error"].map(local);

    // What a call does that finds no module's function in its slot: it asks the kernel, then
    // calls the fallback, or returns the error.
    let ask = match stub.kind {
        StubKind::Weak => quote!(settle),
        StubKind::Strong | StubKind::Unloadable => quote!(resolve),
    };
    let std = quote!(#rt::std::result::Result);
    let (constant, refuse) = match (&stub.fallback, &parts.result) {
        (Some(path), _) if stub.is_async() => {
            let path = paths::deeper_function(path, all);
            let name = unbound(ast, stub);
            let function = asynchronous::fallback(rt, stub, &parts, &path);
            (Some(function), quote!(#std::Err(_) => #name(#(#args),*)))
        }
        (None, _) if stub.is_async() => {
            let refuse = asynchronous::refuse(rt, &parts, &error);
            (None, quote!(#std::Err(#error) => #refuse))
        }
        (Some(path), _) => {
            let path = paths::deeper_function(path, all);
            // The author's function is one of Rust's in any case.
            let (name, own) = (part("FALLBACK", stub), parts.signature(stub));
            let constant = quote!(pub const #name: #own = #path;);
            (Some(constant), quote!(#std::Err(_) => #name(#(#args),*)))
        }
        (None, result) => {
            let result = result.as_ref().map_or_else(|| quote!(()), |ty| quote!(#ty));
            let call = quote!(<#result as #rt::OrLoadError>::or_load_error(#error));
            (None, quote!(#std::Err(#error) => #call))
        }
    };
    let wrapper = (stub.kind == StubKind::Weak && ast.abi == Abi::C).then(|| {
        let (wrapper, name) = (unbound(ast, stub), part("FALLBACK", stub));
        quote! {
            #convention fn #wrapper #lifetimes(#(#args: #types),*) #arrow {
                #name(#(#args),*)
            }
        }
    });
    let first = (holds(ast, stub) && !stub.is_async()).then(|| first(ast, index, stub, &parts));
    let (index, pointer) = (Literal::usize_unsuffixed(index), inferred(ast, stub));
    quote! {
        #constant
        #wrapper
        #first

        #[cold]
        #convention fn #load #lifetimes(#(#args: #types),*) #arrow {
            match #rt::#ask(&INTERFACE, #index) {
                // SAFETY: the kernel checked name and signature against the module.
                #std::Ok(#code) => (unsafe { #code.function::<#pointer>() })(#(#args),*),
                #refuse,
            }
        }
    }
}

/// What a weak stub's slot holds at first: the fallback, in an interface of ABI C and for an
/// async function a function that calls it.
fn unbound(ast: &Interface<'_>, stub: &Stub<'_>) -> Ident {
    match ast.abi {
        Abi::Rust if !stub.is_async() => part("FALLBACK", stub),
        Abi::Rust | Abi::C => part("fallback", stub),
    }
}

/// The stub's place in the interface's record.
pub(crate) fn record(ast: &Interface<'_>, rt: &TokenStream, stub: &Stub<'_>) -> TokenStream {
    let load = part("load", stub);
    match stub.kind {
        StubKind::Strong => quote!(#rt::Way::Strong(#load as *const ())),
        StubKind::Unloadable => quote!(#rt::Way::Unloadable(#load as *const ())),
        StubKind::Weak => {
            let fallback = unbound(ast, stub);
            quote!(#rt::Way::Weak(#load as *const (), #fallback as *const ()))
        }
    }
}
