//! The bounds of an item's parameters, as a text that is equal for equal bounds, whatever the
//! parameters' names and wherever the bounds are written. A bound is part of a type: with
//! `'a: 'static`, a reference that looks like any other can be kept.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, GenericParam, Generics, Ident, Lifetime, Path, Token, TraitBound, Type,
    TypeParamBound, TypePath, WherePredicate,
};

use crate::borrows::Params;
use crate::signature::tokens_text;

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// The bounds of a struct, an enum or a trait, sorted. Of a trait's bounds on `Self`, only
/// lifetimes: the supertraits are described by themselves.
pub(crate) fn of_item(generics: &Generics, supertraits: Option<&Bounds>) -> String {
    let mut names = Names::of(generics);
    let mut texts = Vec::new();
    for param in &generics.params {
        match param {
            GenericParam::Lifetime(param) => {
                for bound in &param.bounds {
                    texts.push(names.text(&param.lifetime, bound));
                }
            }
            GenericParam::Type(param) => {
                for bound in &param.bounds {
                    texts.push(names.text(&param.ident, bound));
                }
            }
            GenericParam::Const(_) => {}
        }
    }
    for clause in generics.where_clause.iter().flat_map(|one| &one.predicates) {
        match clause {
            WherePredicate::Lifetime(clause) => {
                for bound in &clause.bounds {
                    texts.push(names.text(&clause.lifetime, bound));
                }
            }
            WherePredicate::Type(clause) => {
                let of_self = supertraits.is_some() && is_self(&clause.bounded_ty);
                let before = names.open(clause.lifetimes.as_ref());
                for bound in clause
                    .bounds
                    .iter()
                    .filter(|one| !of_self || is_lifetime(one))
                {
                    texts.push(names.text(&clause.bounded_ty, bound));
                }
                names.bound.truncate(before);
            }
            other => texts.push(tokens_text(other.to_token_stream())),
        }
    }
    for bound in supertraits
        .into_iter()
        .flatten()
        .filter(|one| is_lifetime(one))
    {
        let own: Type = syn::parse_quote!(Self);
        texts.push(names.text(&own, bound));
    }
    texts.sort();
    texts.dedup();
    texts.join(", ")
}

/// The bounds of a method, as the lifetimes in them, and a text without their names.
pub(crate) fn of_method(generics: &Generics) -> (Vec<Lifetime>, String) {
    struct Find(Vec<Lifetime>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0.push(lifetime.clone());
            visit::visit_lifetime(self, lifetime);
        }
    }
    let mut bounds = Vec::new();
    for param in generics.lifetimes() {
        for bound in &param.bounds {
            let own = &param.lifetime;
            bounds.push(syn::parse_quote!(#own: #bound));
        }
    }
    let clauses = generics.where_clause.iter();
    bounds.extend(clauses.flat_map(|clause| clause.predicates.clone()));
    let mut find = Find(Vec::new());
    let mut texts = Vec::new();
    for mut one in bounds {
        find.visit_where_predicate(&one);
        Unnamed.visit_where_predicate_mut(&mut one);
        texts.push(tokens_text(one.to_token_stream()));
    }
    (find.0, texts.join(", "))
}

struct Unnamed;

impl VisitMut for Unnamed {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'_", lifetime.span());
    }
}

/// The generics without the bounds that are lifetimes, and those of lifetimes.
pub(crate) fn without_lifetimes(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let kept = |bounds: &mut Bounds| {
        let bounds_before = std::mem::take(bounds).into_iter();
        *bounds = bounds_before.filter(|one| !is_lifetime(one)).collect();
    };
    for param in &mut generics.params {
        match param {
            GenericParam::Lifetime(param) => {
                param.colon_token = None;
                param.bounds = Punctuated::new();
            }
            GenericParam::Type(param) => kept(&mut param.bounds),
            GenericParam::Const(_) => {}
        }
    }
    if let Some(clause) = &mut generics.where_clause {
        for one in &mut clause.predicates {
            if let WherePredicate::Type(one) = one {
                kept(&mut one.bounds);
            }
        }
        let all = std::mem::take(&mut clause.predicates).into_iter();
        let all = all.filter(|one| !matches!(one, WherePredicate::Lifetime(_)));
        clause.predicates = all.collect();
    }
    generics
}

fn is_lifetime(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Lifetime(_))
}

pub(crate) fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self"))
}

/// Gives the parameters names that say which they are, and leaves out where a trait is declared:
/// the same trait may be named by several paths.
struct Names {
    params: Params,
    /// Declared by a `for<'a>` around the place.
    bound: Vec<Ident>,
}

impl Names {
    fn of(generics: &Generics) -> Self {
        Names {
            params: Params::of(generics),
            bound: Vec::new(),
        }
    }

    fn text(&mut self, bounded: &impl ToTokens, bound: &impl ToTokens) -> String {
        let tokens = quote::quote!(#bounded: #bound);
        let Ok(mut predicate) = syn::parse2::<WherePredicate>(tokens.clone()) else {
            return tokens_text(tokens);
        };
        self.visit_where_predicate_mut(&mut predicate);
        tokens_text(predicate.to_token_stream())
    }

    /// Adds the lifetimes of a `for<'a>`; returns how many there were before.
    fn open(&mut self, binder: Option<&BoundLifetimes>) -> usize {
        let before = self.bound.len();
        for param in binder.into_iter().flat_map(|binder| &binder.lifetimes) {
            if let GenericParam::Lifetime(param) = param {
                self.bound.push(param.lifetime.ident.clone());
            }
        }
        before
    }
}

impl VisitMut for Names {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        let position = |names: &[Ident]| names.iter().rposition(|name| *name == lifetime.ident);
        let name = match (position(&self.bound), position(&self.params.lifetimes)) {
            (Some(at), _) => format!("'x{at}"),
            (None, Some(at)) => Params::lifetime(at),
            (None, None) => return,
        };
        *lifetime = Lifetime::new(&name, lifetime.span());
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        let before = self.open(bound.lifetimes.as_ref());
        visit_mut::visit_trait_bound_mut(self, bound);
        shorten(&mut bound.path);
        self.bound.truncate(before);
    }

    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        visit_mut::visit_type_path_mut(self, ty);
        let first = ty.path.segments.first().map(|first| &first.ident);
        let own = first.and_then(|first| self.params.other(first));
        if let (Some(name), None) = (own, &ty.qself) {
            let first = &mut ty.path.segments[0].ident;
            *first = Ident::new(&name, first.span());
        } else if ty.qself.is_none() {
            shorten(&mut ty.path);
        }
    }
}

/// Leaves the last segment.
fn shorten(path: &mut Path) {
    if let Some(last) = path.segments.last().cloned() {
        path.leading_colon = None;
        path.segments = [last].into_iter().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(item: &str) -> String {
        match syn::parse_str(item).unwrap() {
            syn::Item::Struct(item) => of_item(&item.generics, None),
            syn::Item::Trait(item) => of_item(&item.generics, Some(&item.supertraits)),
            _ => unreachable!(),
        }
    }

    #[test]
    fn equal_bounds_have_one_text() {
        for (item, expected) in [
            ("struct S<'x, T>(&'x T);", ""),
            ("struct S<'x: 'static>(&'x u8);", "'a: 'static"),
            ("struct S<'x>(&'x u8) where 'x: 'static;", "'a: 'static"),
            ("struct S<'x, 'y: 'x>(&'x &'y u8);", "'b: 'a"),
            (
                "struct S<'y, 'x: 'y, T>(&'y T) where T: Copy + 'x;",
                "'b: 'a, T0: 'b, T0: Copy",
            ),
            ("struct S<T: std::fmt::Debug>(T);", "T0: Debug"),
            ("struct S<U: Debug>(U) where U: Debug;", "T0: Debug"),
            (
                "struct S<T: Iterator>(T) where T::Item: Into<T>;",
                "T0: Iterator, T0::Item: Into<T0>",
            ),
            ("struct S<F>(F) where for<'q> F: Of<'q>;", "T0: Of<'x0>"),
            ("struct S<F: for<'q> Of<'q>>(F);", "T0: for<'x0> Of<'x0>"),
            ("trait S: A + 'static {}", "Self: 'static"),
            ("trait S<'p>: A where Self: B + 'p {}", "Self: 'a"),
        ] {
            assert_eq!(text(item), expected, "{item}");
        }
    }
}
