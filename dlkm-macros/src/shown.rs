//! How many lifetimes the tokens of a type show. The compiler compares this with how many the type
//! has: it knows what an alias stands for.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{
    BoundLifetimes, Ident, Lifetime, Type, TypeParamBound, TypePath, TypeReference, TypeTraitObject,
};

use crate::tokens::mention;

/// The lifetimes that a type shows, apart from the bounds of `dyn`.
pub(crate) struct Shown {
    count: usize,
    /// Whether there is one that is not `'static`, or such a bound of a `dyn`.
    open: bool,
    /// The types in it whose lifetimes are unknown here.
    unknown: Vec<Type>,
}

/// `params` are the item's type parameters.
pub(crate) fn shown(ty: &Type, params: &[Ident]) -> Shown {
    let mut find = Find {
        params,
        shown: Shown {
            count: 0,
            open: false,
            unknown: Vec::new(),
        },
    };
    find.visit_type(ty);
    find.shown
}

impl Shown {
    /// Whether it shows none but `'static`.
    pub(crate) fn is_fixed(&self) -> bool {
        !self.open && self.unknown.is_empty()
    }

    pub(crate) fn add(&mut self, other: Shown) {
        self.count += other.count;
        self.open |= other.open;
        self.unknown.extend(other.unknown);
    }

    /// The number, as an expression.
    pub(crate) fn number(&self, rt: &TokenStream) -> TokenStream {
        let count = Literal::usize_unsuffixed(self.count);
        let unknown = &self.unknown;
        quote!(#count #(+ <#unknown as #rt::interface::Interface>::LIFETIMES)*)
    }
}

struct Find<'a> {
    params: &'a [Ident],
    shown: Shown,
}

impl<'ast> Visit<'ast> for Find<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.shown.count += 1;
        self.shown.open |= lifetime.ident != "static";
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        if ty.lifetime.is_none() {
            self.shown.count += 1;
            self.shown.open = true;
        }
        visit::visit_type_reference(self, ty);
    }

    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}

    fn visit_type_trait_object(&mut self, ty: &'ast TypeTraitObject) {
        for bound in &ty.bounds {
            match bound {
                TypeParamBound::Lifetime(bound) => self.shown.open |= bound.ident != "static",
                bound => self.visit_type_param_bound(bound),
            }
        }
    }

    fn visit_type_path(&mut self, ty: &'ast TypePath) {
        let first = ty.path.segments.first();
        let of_param = first.is_some_and(|first| self.params.contains(&first.ident));
        if of_param || ty.qself.is_some() && mention(ty.to_token_stream(), self.params) {
            self.shown.unknown.push(Type::Path(ty.clone()));
            return;
        }
        let before = self.shown.count;
        visit::visit_type_path(self, ty);
        if ty.qself.is_some() {
            // What it stands for need not have those of the types that it is made of.
            self.shown.count = before;
        }
    }
}
