//! Wrong lifetimes, which rustc would report once for each generated item that has them.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, GenericParam, Generics, Lifetime, LifetimeParam, ParenthesizedGenericArguments,
    Signature, TypeFnPtr, TypeReference, parse_quote,
};

use crate::errors::Errors;

/// The lifetimes of some types.
#[derive(Default)]
struct Lifetimes {
    named: Vec<Lifetime>,
    /// The `&` or the `'_` of each lifetime left out; each is a lifetime of its own.
    elided: Vec<TokenStream>,
    /// How many `fn` types surround the place; lifetimes left out in one are its own.
    depth: usize,
    /// Declared by a `for<'a>` inside the types.
    bound: Vec<Lifetime>,
}

impl<'ast> Visit<'ast> for Lifetimes {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "_" {
            self.named.push(lifetime.clone());
        } else if self.depth == 0 {
            self.elided.push(lifetime.to_token_stream());
        }
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        if ty.lifetime.is_none() && self.depth == 0 {
            self.elided.push(ty.and_token.to_token_stream());
        }
        visit::visit_type_reference(self, ty);
    }

    fn visit_bound_lifetimes(&mut self, lifetimes: &'ast BoundLifetimes) {
        self.bound.extend(declared(lifetimes.lifetimes.iter()));
    }

    fn visit_type_fn_ptr(&mut self, ty: &'ast TypeFnPtr) {
        self.depth += 1;
        visit::visit_type_fn_ptr(self, ty);
        self.depth -= 1;
    }

    fn visit_parenthesized_generic_arguments(&mut self, args: &'ast ParenthesizedGenericArguments) {
        self.depth += 1;
        visit::visit_parenthesized_generic_arguments(self, args);
        self.depth -= 1;
    }
}

fn declared<'a>(params: impl Iterator<Item = &'a GenericParam>) -> Vec<Lifetime> {
    let lifetimes = params.filter_map(|param| match param {
        GenericParam::Lifetime(param) => Some(param.lifetime.clone()),
        GenericParam::Type(_) | GenericParam::Const(_) => None,
    });
    lifetimes.collect()
}

/// The mistakes in a signature's lifetimes.
struct Mistakes {
    /// Each name is listed once.
    undeclared: Vec<Lifetime>,
    /// Declared, but in no argument, so that no caller can choose it.
    only_in_result: Vec<Lifetime>,
    /// The result borrows from one of several arguments, and does not say which.
    ambiguous: Option<TokenStream>,
}

/// `outer` are the trait's own parameters. They are a mistake, but they are declared.
fn mistakes(sig: &Signature, outer: &Generics) -> Mistakes {
    let (mut input, mut output) = (Lifetimes::default(), Lifetimes::default());
    for arg in &sig.inputs {
        input.visit_fn_arg(arg);
    }
    output.visit_return_type(&sig.output);

    let outer = declared(outer.params.iter());
    let declared = declared(sig.generics.params.iter());
    let mut undeclared: Vec<Lifetime> = Vec::new();
    for one in input.named.iter().chain(&output.named) {
        let known = [&declared, &outer, &input.bound, &output.bound, &undeclared];
        if one.ident != "static" && !known.iter().any(|known| known.contains(one)) {
            undeclared.push(one.clone());
        }
    }
    let mut only_in_result = declared;
    only_in_result.retain(|one| output.named.contains(one) && !input.named.contains(one));

    let mut named = input.named;
    named.sort();
    named.dedup();
    let sources = input.elided.len() + named.len();
    let ambiguous = output.elided.into_iter().next().filter(|_| sources > 1);
    Mistakes {
        undeclared,
        only_in_result,
        ambiguous,
    }
}

pub(crate) fn check(sig: &Signature, outer: &Generics, errors: &mut Errors) {
    let (mistakes, name) = (mistakes(sig, outer), &sig.ident);
    for one in mistakes.undeclared {
        errors.at(
            &one,
            format!("`{one}` is not declared: write `fn {name}<{one}>`"),
        );
    }
    for one in mistakes.only_in_result {
        errors.at(
            &one,
            format!("no argument uses `{one}`: add it to the one that the result borrows from"),
        );
    }
    if let Some(place) = mistakes.ambiguous.filter(|_| sig.receiver().is_none()) {
        let message = format!(
            "the result could borrow from any of several arguments: declare `fn {name}<'a>(...)`, \
             and write `&'a` in the result and in the argument that it borrows from"
        );
        errors.at(place, message);
    }
}

/// Mends a signature with such mistakes, so that rustc accepts it, along with the driver that the
/// author may have written for it.
pub(crate) fn mend(sig: &mut Signature, outer: &Generics) {
    let Mistakes {
        mut undeclared,
        ambiguous,
        ..
    } = mistakes(sig, outer);
    if ambiguous.is_some() {
        let own = declared(sig.generics.params.iter()).into_iter().next();
        let one = own.unwrap_or_else(|| {
            undeclared.push(parse_quote!('dlkm));
            parse_quote!('dlkm)
        });
        GiveName(one).visit_signature_mut(sig);
    }
    for one in undeclared {
        let param = GenericParam::Lifetime(LifetimeParam::new(one));
        sig.generics.params.insert(0, param);
    }
}

/// Gives every elided lifetime a name.
struct GiveName(Lifetime);

impl VisitMut for GiveName {
    fn visit_type_reference_mut(&mut self, ty: &mut TypeReference) {
        ty.lifetime.get_or_insert_with(|| self.0.clone());
        visit_mut::visit_type_reference_mut(self, ty);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.0.clone();
        }
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}
