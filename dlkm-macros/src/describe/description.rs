//! What all descriptions have in common.
//!
//! A description is a block of its own, with a key that no other type has; `dlkm_rt::interface::part`
//! explains why.

use std::sync::atomic::{AtomicUsize, Ordering};

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{GenericParam, Generics, Ident, Lifetime, LifetimeParam, Type, parse_quote};

use crate::bounds;

/// The block for one type.
pub(super) struct Block<'a> {
    pub(super) rt: &'a TokenStream,
    pub(super) generics: &'a Generics,
    /// The type.
    pub(super) target: &'a TokenStream,
    /// The types of its parts.
    pub(super) parts: Vec<Type>,
}

impl Block<'_> {
    /// Adds a part, and returns the type that refers to it.
    pub(super) fn add(&mut self, part: Type) -> TokenStream {
        let (rt, target) = (self.rt, self.target);
        let index = Literal::usize_unsuffixed(self.parts.len());
        self.parts.push(part);
        quote!(#rt::interface::Part<#target, #index>)
    }

    pub(super) fn write(
        self,
        allowed: &[syn::Attribute],
        description: &TokenStream,
    ) -> TokenStream {
        let Block {
            rt,
            generics,
            target,
            parts,
        } = self;
        let (own, _, clause) = generics.split_for_impl();
        let holds = parts.iter().enumerate().map(|(i, part)| {
            let index = Literal::usize_unsuffixed(i);
            quote! {
                #[doc(hidden)]
                #[automatically_derived]
                impl #own #rt::interface::Holds<DlkmKey, #index> for #target #clause {
                    type Type = #part;
                }
            }
        });
        let mut open = generics.clone();
        open.params.push(parse_quote!(DlkmAny));
        open.params
            .push(parse_quote!(const DLKM_INDEX: #rt::std::primitive::usize));
        open.make_where_clause().predicates.push(parse_quote! {
            #target: DlkmKeyed<Key = DlkmAny> + #rt::interface::Holds<DlkmAny, DLKM_INDEX>
        });
        let (any, _, any_clause) = open.split_for_impl();
        let keyed = (!parts.is_empty()).then(|| {
            quote! {
                struct DlkmKey;

                trait DlkmKeyed {
                    type Key;
                }

                #[automatically_derived]
                impl #own DlkmKeyed for #target #clause {
                    type Key = DlkmKey;
                }

                #(#holds)*

                #[doc(hidden)]
                #[automatically_derived]
                impl #any #rt::interface::HasPart<DLKM_INDEX> for #target #any_clause {
                    type Type = <#target as #rt::interface::Holds<DlkmAny, DLKM_INDEX>>::Type;
                }
            }
        });
        quote! {
            #(#allowed)*
            const _: () = {
                #keyed
                #description
            };
        }
    }
}

/// The key and the digest of a type. Constants among its parameters change both.
pub(super) fn identity(
    rt: &TokenStream,
    text: &str,
    generics: &Generics,
) -> (TokenStream, TokenStream) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    // Types in blocks may have one path, and those from one macro one line and column too.
    let count = Literal::usize_unsuffixed(COUNT.fetch_add(1, Ordering::Relaxed));
    let mut key = quote! {
        #rt::interface::digest(#rt::std::concat!(
            #rt::std::env!("CARGO_PKG_NAME"), " ", #rt::std::env!("CARGO_PKG_VERSION"), " ",
            #rt::std::env!("CARGO_MANIFEST_DIR"), " ", #rt::std::module_path!(), ":",
            #rt::std::line!(), ":", #rt::std::column!(), " ", #count,
        ))
    };
    let hash: Literal = Literal::u64_suffixed(hash(text));
    let mut digest = quote!(#hash);
    for param in generics.const_params() {
        let name = &param.ident;
        let number = quote!(#name as #rt::std::primitive::u128);
        key = quote!(#rt::interface::mixed(#key, #number));
        digest = quote!(#rt::interface::mixed(#digest, #number));
    }
    (key, digest)
}

/// The same as `dlkm_rt::interface::digest`: FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

pub(super) fn type_params(generics: &Generics) -> Vec<Ident> {
    let params = generics.type_params();
    params.map(|param| param.ident.clone()).collect()
}

/// `impl Lifetimes`, without bounds on lifetimes: the type's own hold by themselves. `bound` is that of
/// a `dyn`, which `target` names.
pub(super) fn lifetimes_impl(
    rt: &TokenStream,
    generics: &Generics,
    bound: Option<&Lifetime>,
    target: &TokenStream,
) -> TokenStream {
    let mut list = quote!(DlkmRest);
    if let Some(bound) = bound {
        list = quote!(#rt::interface::Bound<#bound, #list>);
    }
    let params: Vec<_> = generics.type_params().map(|param| &param.ident).collect();
    for param in params.iter().rev() {
        list = quote!(<#param as #rt::interface::Lifetimes>::Before<#list>);
    }
    let own: Vec<_> = generics.lifetimes().map(|param| &param.lifetime).collect();
    for one in own.iter().rev() {
        list = quote!(#rt::interface::Next<#one, #list>);
    }
    let mut generics = bounds::without_lifetimes(generics);
    bound_params(&mut generics, &quote!(#rt::interface::Lifetimes));
    let of_object = bound.map(|bound| GenericParam::Lifetime(LifetimeParam::new(bound.clone())));
    generics.params = of_object.into_iter().chain(generics.params).collect();
    let (own, _, clause) = generics.split_for_impl();
    quote! {
        #[doc(hidden)]
        #[automatically_derived]
        impl #own #rt::interface::Lifetimes for #target #clause {
            type Before<DlkmRest: #rt::interface::List> = #list;
        }
    }
}

/// The names of the lifetimes.
pub(super) fn lifetimes(generics: &Generics) -> Vec<Ident> {
    let params = generics.lifetimes();
    params.map(|param| param.lifetime.ident.clone()).collect()
}

pub(super) fn bound_params(generics: &mut Generics, bound: &TokenStream) {
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!(#bound));
    }
}

pub(super) fn options(rt: &TokenStream) -> (TokenStream, TokenStream) {
    let option = quote!(#rt::std::option::Option);
    (quote!(#option::Some), quote!(#option::None))
}
