//! Whether the tokens of a type show its lifetimes. An alias may hide some, repeat one or change
//! their order, which only the compiler knows. So each path among the tokens is written once more,
//! with a lifetime of its own in each place, and the compiler compares the lifetimes of the type that
//! it stands for with these, in a constant.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, Ident, Lifetime, ParenthesizedGenericArguments, Path, PathArguments,
    ReturnType, TraitBound, Type, TypeFnPtr, TypeParamBound, TypeReference, TypeTraitObject,
    parse_quote,
};

use crate::plain;
use crate::shape::{self, Lifetimes};
use crate::tokens::{between, ends, mention};

/// What the tokens of some types show.
pub(crate) struct Written {
    /// Whether there is a lifetime that is not `'static`, or a type whose lifetimes are unknown here.
    open: bool,
    /// How many lifetimes they show, apart from the bounds of `dyn`.
    count: usize,
    /// How many bounds of `dyn` there are in the shape.
    bounds: usize,
    /// The types whose lifetimes are unknown here.
    unknown: Vec<Type>,
    paths: Vec<Shown>,
}

/// A path, or the path of a `dyn`, with lifetimes of its own.
struct Shown {
    ty: Type,
    /// The lifetimes in it.
    all: Vec<Lifetime>,
    /// The lifetimes among its arguments, and the types there.
    own: Vec<Lifetime>,
    args: Vec<Type>,
    /// The bound of the `dyn`.
    bound: Option<Lifetime>,
    /// If it decides the bound of a `dyn` among its arguments, it says so itself: the same without that
    /// bound, and with `'static`.
    default: Option<[Type; 2]>,
    /// Whether there is a type in it whose lifetimes are unknown here.
    unknown: bool,
    /// Whether its name is one of std's.
    plain: bool,
    /// How many lifetimes come before it.
    before: usize,
    /// The first and the last token of the type that it is in, where rustc reports a type in it that
    /// has no description, once.
    ends: (Span, Span),
}

/// `params` are the item's type parameters, with `Self`.
pub(crate) fn written<'a>(
    types: impl IntoIterator<Item = &'a Type>,
    params: &'a [Ident],
) -> Written {
    let mut fresh = Fresh {
        params,
        made: Vec::new(),
        ends: (Span::call_site(), Span::call_site()),
        found: Written {
            open: false,
            count: 0,
            bounds: 0,
            unknown: Vec::new(),
            paths: Vec::new(),
        },
    };
    for ty in types {
        fresh.ends = ends(ty.to_token_stream());
        fresh.visit_type_mut(&mut ty.clone());
    }
    fresh.found
}

impl Written {
    /// Whether they show no lifetime but `'static`.
    pub(crate) fn is_fixed(&self) -> bool {
        !self.open && self.unknown.is_empty()
    }

    /// The runtime's `Written`.
    pub(crate) fn value(&self, rt: &TokenStream) -> TokenStream {
        if self.is_fixed() {
            return quote!(#rt::interface::Written::Fixed);
        }
        let counts = [self.count, self.bounds].map(Literal::usize_unsuffixed);
        let unknown = &self.unknown;
        // If all names are std's and one hides a lifetime after all, the numbers differ. So they do if
        // a `dyn` among them does.
        let plain = |path: &Shown| path.plain || path.bound.is_some();
        let plain = self.paths.iter().all(plain);
        let paths = self.paths.iter().map(|path| path.check(rt, plain));
        quote! {
            #rt::interface::Written::open(#(#counts),*) #(.and::<#unknown>())* #(#paths)*
        }
    }
}

impl Shown {
    /// Calls of the runtime's methods of `Written`. `plain`: all names are std's.
    fn check(&self, rt: &TokenStream, plain: bool) -> TokenStream {
        let lifetimes = Lifetimes::Static {
            own: &[],
            params: &[],
        };
        if plain && self.bound.is_some() {
            return quote!();
        }
        let (all, before) = (&self.all, Literal::usize_unsuffixed(self.before));
        let shape = shape::shape(&self.ty, rt, lifetimes);
        if all.is_empty() && !self.unknown {
            let probe = fixed(&shape, rt);
            return match plain {
                true => quote!(),
                false => quote!(.fixed(#probe, #before)),
            };
        }
        let here = |tokens| between(tokens, self.ends);
        let with = |ty: &Type, rest: &TokenStream| {
            let given = here(quote!(#rt::interface::Given<#ty>));
            here(quote!(<#given as #rt::interface::Lifetimes>::Before<#rest>))
        };
        let found = with(&shape, &quote!(()));
        let mut shown = match &self.bound {
            Some(bound) => quote!(#rt::interface::Bound<#bound, ()>),
            None => quote!(()),
        };
        for arg in self.args.iter().rev() {
            shown = with(&shape::shape(arg, rt, lifetimes), &shown);
        }
        for one in self.own.iter().rev() {
            shown = quote!(#rt::interface::Next<#one, #shown>);
        }
        // All lifetimes by themselves keep one list from being the other with others in their place.
        let of = |list: &TokenStream| {
            here(quote!(for<#(#all),*> fn(#list, #(#rt::interface::Next<#all, ()>),*)))
        };
        let same = |one: &TokenStream, other: &TokenStream| {
            let (one, other) = (of(one), of(other));
            let both = here(quote!(#rt::interface::Same<#one, #other>));
            let is = here(quote!(<#both>::IS));
            // That the trait is named too keeps it from being an unused import.
            quote!({
                use #rt::interface::Differ as DlkmDiffer;
                #is || <() as DlkmDiffer>::IS
            })
        };
        let alike = match &all[..] {
            [one] if !self.plain => {
                let filled = here(quote!(<#found as #rt::interface::List>::Fill<#one>));
                same(&found, &filled)
            }
            _ => quote!(false),
        };
        let default = self.default.as_ref().map(|both| {
            // Not a shape, which would have no bound.
            let [open, fixed] = both.each_ref().map(|ty| with(ty, &quote!(())));
            let is_static = same(&open, &fixed);
            quote!(.path(#is_static, true, #before))
        });
        let same = same(&found, &shown);
        quote!(.path(#same, #alike, #before) #default)
    }
}

/// An expression: whether the type, a shape, has no lifetime but `'static`.
pub(crate) fn fixed(shape: &Type, rt: &TokenStream) -> TokenStream {
    quote!({
        use #rt::interface::Open as DlkmOpen;
        <#rt::interface::Probe<fn(#shape)>>::FIXED || <() as DlkmOpen>::FIXED
    })
}

/// Writes a lifetime of its own in each place.
struct Fresh<'a> {
    params: &'a [Ident],
    made: Vec<Lifetime>,
    /// Of the type at hand.
    ends: (Span, Span),
    found: Written,
}

impl Fresh<'_> {
    fn make(&mut self, span: Span) -> Lifetime {
        let one = Lifetime::new(&format!("'dlkm{}", self.made.len()), span);
        self.made.push(one.clone());
        one
    }

    fn is_unknown(&self, ty: &Type) -> bool {
        let Type::Path(ty) = ty else { return false };
        let first = ty.path.segments.first();
        first.is_some_and(|first| self.params.contains(&first.ident))
            || ty.qself.is_some() && mention(ty.to_token_stream(), self.params)
    }
}

impl VisitMut for Fresh<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        self.found.open |= lifetime.ident != "static";
        self.found.count += 1;
        *lifetime = self.make(lifetime.span());
    }

    fn visit_type_reference_mut(&mut self, ty: &mut TypeReference) {
        let span = ty.and_token.span;
        let lifetime = ty.lifetime.get_or_insert_with(|| Lifetime::new("'_", span));
        self.visit_lifetime_mut(lifetime);
        self.visit_type_mut(&mut ty.elem);
    }

    fn visit_type_fn_ptr_mut(&mut self, ty: &mut TypeFnPtr) {
        ty.lifetimes = None;
        visit_mut::visit_type_fn_ptr_mut(self, ty);
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        bound.lifetimes = None;
        visit_mut::visit_trait_bound_mut(self, bound);
    }

    fn visit_type_trait_object_mut(&mut self, ty: &mut TypeTraitObject) {
        let (mut calls, mut bounded) = (false, false);
        for bound in &mut ty.bounds {
            match bound {
                TypeParamBound::Lifetime(bound) => {
                    self.found.open |= bound.ident != "static";
                    bounded = true;
                    *bound = self.make(bound.span());
                }
                TypeParamBound::Trait(bound) => {
                    calls |= call(bound).is_some();
                    self.visit_trait_bound_mut(bound);
                }
                _ => {}
            }
        }
        // The shape of a `dyn Fn` has none.
        if calls {
            return;
        }
        self.found.bounds += 1;
        // Where none is written, the type around it decides.
        if !bounded {
            let span = ty.dyn_token.map_or_else(Span::call_site, |one| one.span);
            let bound = self.make(span);
            ty.bounds.push(TypeParamBound::Lifetime(bound));
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        let (made, before, unknown) = (self.made.len(), self.found.count, self.found.unknown.len());
        let plain = plain::is_std(ty);
        if self.is_unknown(ty) {
            self.found.unknown.push(ty.clone());
            return;
        }
        let unbounded = unbounded(ty);
        visit_mut::visit_type_mut(self, ty);
        let (mut own, mut args, mut bound) = (Vec::new(), Vec::new(), None);
        match ty {
            Type::Path(path) if path.qself.is_none() => arguments(&path.path, &mut own, &mut args),
            // What a `<T as Trait>::Type` stands for need not have the lifetimes of its parts.
            Type::Path(_) | Type::Macro(_) => {}
            Type::TraitObject(object) => {
                let mut calls = false;
                for one in &object.bounds {
                    match one {
                        TypeParamBound::Trait(one) => {
                            calls |= call(one).is_some();
                            arguments(&one.path, &mut own, &mut args);
                        }
                        TypeParamBound::Lifetime(one) => bound = Some(one.clone()),
                        _ => {}
                    }
                }
                // Behind a reference, it needs them now that it has a bound.
                *ty = parse_quote!((#ty));
                if calls {
                    return;
                }
            }
            Type::Paren(outer) if matches!(*outer.elem, Type::Paren(_)) => {
                *ty = (*outer.elem).clone();
                return;
            }
            _ => return,
        }
        self.found.paths.push(Shown {
            ty: ty.clone(),
            all: self.made[made..].to_vec(),
            default: (!own.is_empty() && !unbounded.is_empty()).then(|| {
                let forever = Lifetime::new("'static", self.ends.0);
                [None, Some(&forever)].map(|bound| with_bound(ty, &unbounded, bound))
            }),
            own,
            args,
            bound,
            unknown: self.found.unknown.len() > unknown,
            plain,
            before,
            ends: self.ends,
        });
    }
}

/// The positions of the arguments that are a `dyn` without a bound.
fn unbounded(ty: &mut Type) -> Vec<usize> {
    let mut found = Vec::new();
    each_object(ty, |at, object| {
        let has = |one: &TypeParamBound| match one {
            TypeParamBound::Lifetime(_) => true,
            TypeParamBound::Trait(one) => call(one).is_some_and(only_in_shape),
            _ => false,
        };
        if !object.bounds.iter().any(has) {
            found.push(at);
        }
    });
    found
}

/// Whether the runtime describes such a `dyn Fn` by a shape only, which has no bound.
fn only_in_shape(call: &ParenthesizedGenericArguments) -> bool {
    let never = match &call.output {
        ReturnType::Type(_, ty) => matches!(**ty, Type::Never(_)),
        ReturnType::Default => false,
    };
    never || call.inputs.len() > 6
}

/// The type with another bound at these positions, or none.
fn with_bound(ty: &Type, at: &[usize], bound: Option<&Lifetime>) -> Type {
    let mut ty = ty.clone();
    each_object(&mut ty, |position, object| {
        if at.contains(&position) {
            let bounds = std::mem::take(&mut object.bounds).into_iter();
            let others = bounds.filter(|one| !matches!(one, TypeParamBound::Lifetime(_)));
            let bound = bound.cloned().map(TypeParamBound::Lifetime);
            object.bounds = others.chain(bound).collect();
        }
    });
    ty
}

/// Calls `then` with each argument of the path that is a `dyn`, and its position.
fn each_object(ty: &mut Type, mut then: impl FnMut(usize, &mut TypeTraitObject)) {
    let Type::Path(path) = ty else { return };
    let lists = path
        .path
        .segments
        .iter_mut()
        .filter_map(|one| match &mut one.arguments {
            PathArguments::AngleBracketed(list) => Some(&mut list.args),
            _ => None,
        });
    for (at, arg) in lists.flatten().enumerate() {
        if let GenericArgument::Type(ty) = arg {
            let mut ty = ty;
            while let Type::Paren(inner) = ty {
                ty = &mut inner.elem;
            }
            if let Type::TraitObject(object) = ty {
                then(at, object);
            }
        }
    }
}

/// The arguments and the result of a `Fn`.
fn call(bound: &TraitBound) -> Option<&ParenthesizedGenericArguments> {
    match &bound.path.segments.last()?.arguments {
        PathArguments::Parenthesized(call) => Some(call),
        _ => None,
    }
}

/// Adds the lifetimes and the types among a path's arguments.
fn arguments(path: &Path, own: &mut Vec<Lifetime>, types: &mut Vec<Type>) {
    for segment in &path.segments {
        if let PathArguments::AngleBracketed(list) = &segment.arguments {
            for arg in &list.args {
                match arg {
                    GenericArgument::Lifetime(one) => own.push(one.clone()),
                    GenericArgument::Type(ty) => types.push(ty.clone()),
                    GenericArgument::AssocType(one) => types.push(one.ty.clone()),
                    _ => {}
                }
            }
        }
    }
}
