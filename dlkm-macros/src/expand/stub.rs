//! One stub: the function that callers call, and the functions for a call while its slot is
//! unbound.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::future;
use super::parts::{InterfaceParts, StubParts, local};
use crate::ast::{Abi, StubKind};
use crate::{attributes, paths};

/// The function that callers call.
pub(super) fn caller(parts: &StubParts<'_>) -> TokenStream {
    let StubParts {
        stub, index, args, ..
    } = parts;
    let attributes = attributes::of_stub(parts.interface, stub);
    let (name, generics) = (parts.name(), &stub.item.sig.generics.params);
    // One module less deep than the glue, so types are written as the author would there.
    let types = stub.args.iter().map(|arg| paths::deeper_type_by(arg.ty, 1));
    let arrow = stub.result.map(|ty| {
        let ty = paths::deeper_type_by(ty, 1);
        quote!(-> #ty)
    });
    if parts.symbol.is_some() {
        let function = parts.item("direct");
        return quote! {
            #attributes
            #[inline]
            pub fn #name<#generics>(#(#args: #types),*) #arrow {
                dlkm_glue::#function(#(#args),*)
            }
        };
    }
    let function = parts.slot_function();
    // Without a module there is nothing to hold.
    let unbound = (parts.holds() && stub.kind == StubKind::Weak && !stub.is_async()).then(|| {
        let fallback = parts.item("FALLBACK");
        quote! {
            if dlkm_glue::STUBS.is_unbound(#index) {
                return dlkm_glue::#fallback(#(#args),*);
            }
        }
    });
    let call = quote! {
        // SAFETY: the slot's functions have the type of this one.
        (unsafe { dlkm_glue::STUBS.#function(#index) })(#(#args),*)
    };
    let hold = parts.holds().then(|| {
        let (first, hold) = (parts.item("first"), local("hold"));
        // A variable, so that it lives until the call has returned. The other case has a function
        // of its own, so that this one need not keep the arguments for it.
        quote! {
            let #hold = dlkm_glue::STUBS.hold.enter();
            if #hold.is_none() {
                return dlkm_glue::#first(#(#args),*);
            }
        }
    });
    let asyncness = &stub.item.sig.asyncness;
    let body = match stub.is_async() {
        true => future::awaited(parts, &call),
        false => quote!(#unbound #hold #call),
    };
    quote! {
        #attributes
        #[inline]
        pub #asyncness fn #name<#generics>(#(#args: #types),*) #arrow {
            #body
        }
    }
}

/// The functions for a call while the slot is unbound.
pub(super) fn while_unbound(parts: &StubParts<'_>) -> TokenStream {
    let StubParts {
        stub,
        rt,
        index,
        lifetimes,
        args,
        types,
        convention,
        ..
    } = parts;
    let (arrow, function, load) = (
        parts.slot_arrow(),
        parts.slot_function(),
        parts.item("load"),
    );
    let (fallback, code, error) = (fallback(parts), local("code"), local("error"));
    let first = (parts.holds() && !stub.is_async()).then(|| first(parts));
    let ask = match stub.kind {
        StubKind::Weak => quote!(resolve_weak),
        StubKind::Strong | StubKind::Unloadable => quote!(resolve),
    };
    let refused = refused(parts, &error);
    quote! {
        #fallback
        #first

        #[cold]
        #convention fn #load #lifetimes(#(#args: #types),*) #arrow {
            match #rt::#ask(&INTERFACE, #index) {
                // SAFETY: the kernel checked name and signature against the module.
                #rt::Ok(#code) => (unsafe { #code.#function() })(#(#args),*),
                #refused,
            }
        }
    }
}

/// The arm for a call that the kernel has no function for: it calls the author's fallback, or
/// returns the error.
pub(super) fn refused(parts: &StubParts<'_>, error: &Ident) -> TokenStream {
    let (rt, args, result) = (&parts.rt, &parts.args, &parts.result);
    let err = quote!(#rt::Err);
    if parts.fallback.is_some() {
        let name = match parts.stub.is_async() {
            true => slot_fallback(parts),
            false => parts.item("FALLBACK"),
        };
        return quote!(#err(_) => #name(#(#args),*));
    }
    let refuse = match parts.stub.is_async() {
        true => future::refuse(parts, error),
        false => quote!(<#result as #rt::OrLoadError>::or_load_error(#error)),
    };
    quote!(#err(#error) => #refuse)
}

/// The author's fallback: as a constant of the declared type, and where the slot's functions have
/// another type, as a function of that type.
pub(super) fn fallback(parts: &StubParts<'_>) -> Option<TokenStream> {
    let path = parts.fallback.as_ref()?;
    let slot_function = slot_fallback(parts);
    if parts.stub.is_async() {
        return Some(future::fallback(parts, &slot_function, path));
    }
    // The author's function is one of Rust's in any case.
    let (name, own) = (parts.item("FALLBACK"), parts.signature());
    let is_c = parts.interface.abi == Abi::C;
    let wrapper = (parts.stub.kind == StubKind::Weak && is_c).then(|| {
        let StubParts {
            lifetimes,
            args,
            types,
            convention,
            ..
        } = parts;
        let arrow = parts.arrow();
        quote! {
            #convention fn #slot_function #lifetimes(#(#args: #types),*) #arrow {
                #name(#(#args),*)
            }
        }
    });
    Some(quote! {
        pub const #name: #own = #path;
        #wrapper
    })
}

/// In the interface's record: which function of a weak stub waits for the end of an unload, by the
/// stub's index. As code, the addresses need no relocation.
pub(super) fn waits(interface: &InterfaceParts<'_>) -> TokenStream {
    let rt = &interface.rt;
    let all = interface.stubs.iter();
    let weak = all.filter(|parts| parts.stub.kind == StubKind::Weak);
    let mut weak: Vec<_> = weak
        .map(|parts| {
            let load = parts.item("load");
            // An optimiser that sees the addresses puts them into a table, and relocates that.
            let load = quote!(#rt::std::hint::black_box(#load as *const ()));
            (&parts.index, load)
        })
        .collect();
    let Some((_, last)) = weak.pop() else {
        return quote!(#rt::None);
    };
    let arms = weak.iter().map(|(index, load)| quote!(#index => #load,));
    let index = local("index");
    quote! {
        #rt::Some(|#index| #rt::Code::new(match #index {
            #(#arms)*
            // Only of a weak stub.
            _ => #last,
        }))
    }
}

/// The function that the slot of a weak stub holds at first: the fallback itself, or a function
/// that calls it, in an interface with `abi = "C"` and for an `async fn`.
fn slot_fallback(parts: &StubParts<'_>) -> Ident {
    match parts.interface.abi {
        Abi::Rust if !parts.stub.is_async() => parts.item("FALLBACK"),
        Abi::Rust | Abi::C => parts.item("fallback"),
    }
}

/// A thread's first call of the interface.
fn first(parts: &StubParts<'_>) -> TokenStream {
    let StubParts {
        index,
        lifetimes,
        args,
        types,
        ..
    } = parts;
    let (name, hold) = (parts.item("first"), local("_hold"));
    let (arrow, function) = (parts.arrow(), parts.slot_function());
    let rt = &parts.rt;
    let call = quote! {
        let #hold = STUBS.hold.enter_first(&INTERFACE);
        // SAFETY: the slot's functions have the type of this one.
        (unsafe { STUBS.#function(#index) })(#(#args),*)
    };
    let body = match parts.interface.abi {
        Abi::Rust => call,
        // It may be in a stub module that no kernel has attached yet.
        Abi::C => {
            let refused = refused(parts, &local("error"));
            quote! {
                match #rt::attached(&INTERFACE, #index) {
                    #rt::Ok(()) => { #call }
                    #refused,
                }
            }
        }
    };
    quote! {
        #[cold]
        pub fn #name #lifetimes(#(#args: #types),*) #arrow {
            #body
        }
    }
}

/// The stub's place in the interface's record.
pub(super) fn record(parts: &StubParts<'_>) -> TokenStream {
    let (rt, load) = (&parts.rt, parts.item("load"));
    match parts.stub.kind {
        StubKind::Strong => quote!(#rt::Way::Strong(#load as *const ())),
        StubKind::Unloadable => quote!(#rt::Way::Unloadable(#load as *const ())),
        StubKind::Weak => {
            let fallback = slot_fallback(parts);
            let fallback = quote!(#fallback as *const ());
            match parts.interface.abi {
                Abi::Rust => quote!(#rt::Way::Weak(#fallback)),
                Abi::C => {
                    quote!(#rt::Way::weak(#load as *const (), #fallback, REACH.is_some()))
                }
            }
        }
    }
}
