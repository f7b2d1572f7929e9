//! The lifetimes of types, in the order in which the types have them.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{
    BoundLifetimes, GenericArgument, GenericParam, Ident, Lifetime, PathArguments, ReturnType,
    TraitBound, Type, TypeFnPtr, TypeParamBound, TypePath, TypeReference, TypeTraitObject,
};

use super::item::Params;
use crate::tokens::mention;

/// One lifetime.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Static,
    /// Declared by the item, at this position.
    Item(usize),
    /// Declared by the `scope`-th function, callback or `for`, or left out there.
    Bound {
        scope: usize,
        number: usize,
    },
    /// Left out where nothing in sight says what it is. rustc rejects most of these.
    Unknown,
}

/// The place of a lifetime.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Of a reference or a type, within this scope.
    Of(Life, usize),
    /// The bound of a `dyn`, within this scope.
    Object(Life, usize),
    /// The default bound of a `dyn`.
    Default,
    /// The lifetimes of one of the item's types, or of one that belongs to it.
    Param(String),
}

/// A function, a callback, or a `for<'a>`.
pub(super) struct Scope {
    pub(super) names: Vec<Ident>,
    /// How many scopes are around it.
    pub(super) level: usize,
    /// Whether the type shows that there is one, as that of a function does.
    pub(super) shown: bool,
}

/// What a lifetime left out is.
#[derive(Clone, Copy)]
pub(super) enum Elision {
    /// One of its own, of this scope.
    Fresh(usize),
    Is(Life),
}

/// The bound of a `dyn` that has none.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ObjectDefault {
    Is(Life),
    /// The type around it decides.
    Unknown,
}

impl Place {
    /// Whether the type shows as much by itself.
    fn is_static(&self) -> bool {
        matches!(
            self,
            Place::Default | Place::Of(Life::Static, _) | Place::Object(Life::Static, _)
        )
    }

    pub(super) fn life(&self) -> Option<Life> {
        match self {
            Place::Of(life, _) | Place::Object(life, _) => Some(*life),
            Place::Default | Place::Param(_) => None,
        }
    }
}

pub(super) struct Places<'a> {
    /// What the item declares.
    item: &'a Params,
    pub(super) scopes: Vec<Scope>,
    /// The scopes around the place.
    open: Vec<usize>,
    /// How many lifetimes have been left out so far.
    elided: usize,
    pub(super) elision: Elision,
    object: ObjectDefault,
    pub(super) found: Vec<Place>,
    /// The lifetimes of the function's arguments so far, without those of callbacks: one of them may
    /// be that of the result.
    pub(super) candidates: Vec<Life>,
}

/// Lifetimes left out have numbers above those that are declared.
const ELIDED: usize = 1 << 16;

impl<'a> Places<'a> {
    pub(super) fn new(item: &'a Params, own: Vec<Ident>) -> Self {
        let function = Scope {
            names: own,
            level: 0,
            shown: true,
        };
        Places {
            item,
            scopes: vec![function],
            open: vec![0],
            elided: 0,
            elision: Elision::Fresh(0),
            object: ObjectDefault::Is(Life::Static),
            found: Vec::new(),
            candidates: Vec::new(),
        }
    }

    fn innermost(&self) -> usize {
        *self.open.last().unwrap_or(&0)
    }

    pub(super) fn elide(&mut self) -> Life {
        match self.elision {
            Elision::Is(life) => life,
            Elision::Fresh(scope) => {
                self.elided += 1;
                let number = ELIDED + self.elided;
                Life::Bound { scope, number }
            }
        }
    }

    pub(super) fn look_up(&mut self, lifetime: &Lifetime) -> Life {
        if lifetime.ident == "static" {
            return Life::Static;
        }
        if lifetime.ident == "_" {
            return self.elide();
        }
        for scope in self.open.iter().rev() {
            let names = &self.scopes[*scope].names;
            if let Some(number) = names.iter().position(|name| *name == lifetime.ident) {
                let scope = *scope;
                return Life::Bound { scope, number };
            }
        }
        let of_item = self
            .item
            .lifetimes
            .iter()
            .position(|name| *name == lifetime.ident);
        of_item.map_or(Life::Unknown, Life::Item)
    }

    pub(super) fn push(&mut self, life: Life) {
        self.found.push(Place::Of(life, self.innermost()));
        self.candidates.push(life);
    }

    /// Opens a scope for `inner`.
    fn within(
        &mut self,
        binder: Option<&BoundLifetimes>,
        shown: bool,
        inner: impl FnOnce(&mut Self, usize),
    ) {
        let scope = self.scopes.len();
        self.scopes.push(Scope {
            names: declared(binder),
            level: self.open.len(),
            shown,
        });
        self.open.push(scope);
        inner(self, scope);
        self.open.pop();
    }

    /// A list of arguments, with the result: lifetimes left out belong to `scope`.
    fn function<'t>(
        &mut self,
        scope: usize,
        args: impl Iterator<Item = &'t Type>,
        result: Option<&'t Type>,
    ) {
        let outer = std::mem::take(&mut self.candidates);
        let before = (self.elision, self.object);
        self.elision = Elision::Fresh(scope);
        let mut source = Source::None;
        for ty in args {
            self.object = ObjectDefault::Is(Life::Static);
            self.visit_type(ty);
            source.add(&std::mem::take(&mut self.candidates));
        }
        self.result(source, result);
        (self.elision, self.object) = before;
        self.candidates = outer;
    }

    /// One of a stub's arguments.
    pub(super) fn argument(&mut self, ty: &Type) {
        let before = self.found.len();
        self.visit_type(ty);
        self.drop_static(before);
    }

    /// Drops the places from `before` on if none is other than `'static`.
    pub(super) fn drop_static(&mut self, before: usize) {
        if self.found[before..].iter().all(Place::is_static) {
            self.found.truncate(before);
        }
    }

    /// Adds the place if the path is one of the item's types, or belongs to one.
    fn param(&mut self, ty: &TypePath) {
        let mut names = ty.path.segments.iter().map(|segment| segment.ident.unraw());
        let text = match &ty.qself {
            Some(_) if mention(ty.to_token_stream(), &self.item.others) => {
                names.last().map(|name| format!("::{name}"))
            }
            Some(_) => None,
            None => {
                let first = ty.path.segments.first();
                let of = first.and_then(|first| self.item.other(&first.ident));
                let rest: Vec<_> = names
                    .by_ref()
                    .skip(1)
                    .map(|one| format!("::{one}"))
                    .collect();
                of.filter(|_| self.item.are_several() || !rest.is_empty())
                    .map(|of| of + &rest.concat())
            }
        };
        self.found.extend(text.map(Place::Param));
    }

    pub(super) fn result(&mut self, source: Source, result: Option<&Type>) {
        self.elision = Elision::Is(source.life());
        self.object = ObjectDefault::Is(Life::Static);
        if let Some(ty) = result {
            self.visit_type(ty);
        }
    }
}

/// From which lifetime results borrow if they name none.
pub(super) enum Source {
    None,
    One(Life),
    /// Several, so rustc wants a name.
    Several,
}

impl Source {
    /// With the lifetimes of one more argument.
    pub(super) fn add(&mut self, lives: &[Life]) {
        let Some((first, rest)) = lives.split_first() else {
            return;
        };
        *self = match self {
            Source::None if rest.iter().all(|life| life == first) => Source::One(*first),
            _ => Source::Several,
        };
    }

    fn life(&self) -> Life {
        match self {
            Source::One(life) => *life,
            Source::None | Source::Several => Life::Unknown,
        }
    }
}

impl<'ast> Visit<'ast> for Places<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        let life = self.look_up(lifetime);
        self.push(life);
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        let life = match &ty.lifetime {
            Some(lifetime) => self.look_up(lifetime),
            None => self.elide(),
        };
        self.push(life);
        self.object = ObjectDefault::Is(life);
        self.visit_type(&ty.elem);
    }

    fn visit_type(&mut self, ty: &'ast Type) {
        let before = self.object;
        if !matches!(
            ty,
            Type::Reference(_) | Type::Paren(_) | Type::Group(_) | Type::TraitObject(_)
        ) {
            self.object = ObjectDefault::Is(Life::Static);
        }
        visit::visit_type(self, ty);
        self.object = before;
    }

    fn visit_type_path(&mut self, ty: &'ast TypePath) {
        // A type with a lifetime may make it the bound of what it contains.
        let shows = ty.path.segments.iter().any(|segment| {
            matches!(&segment.arguments, PathArguments::AngleBracketed(args)
                if args.args.iter().any(|one| matches!(one, GenericArgument::Lifetime(_))))
        });
        if shows {
            self.object = ObjectDefault::Unknown;
        }
        self.param(ty);
        visit::visit_type_path(self, ty);
    }

    fn visit_type_fn_ptr(&mut self, ty: &'ast TypeFnPtr) {
        self.within(ty.lifetimes.as_ref(), true, |places, scope| {
            let args = ty.inputs.iter().map(|arg| &arg.ty);
            places.function(scope, args, returned(&ty.output));
        });
    }

    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        let last = bound.path.segments.last().map(|last| &last.arguments);
        if let Some(PathArguments::Parenthesized(call)) = last {
            self.within(bound.lifetimes.as_ref(), true, |places, scope| {
                let args = call.inputs.iter().map(|arg| &arg.ty);
                places.function(scope, args, returned(&call.output));
            });
        } else if bound.lifetimes.is_none() {
            visit::visit_path(self, &bound.path);
        } else {
            self.within(bound.lifetimes.as_ref(), false, |places, _| {
                visit::visit_path(places, &bound.path);
            });
        }
    }

    fn visit_type_trait_object(&mut self, ty: &'ast TypeTraitObject) {
        let default = self.object;
        self.object = ObjectDefault::Is(Life::Static);
        for bound in &ty.bounds {
            if let TypeParamBound::Trait(bound) = bound {
                self.visit_trait_bound(bound);
            }
        }
        let own = ty.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Lifetime(lifetime) => Some(self.look_up(lifetime)),
            _ => None,
        });
        let place = match own {
            Some(life) if default != ObjectDefault::Is(life) => {
                self.candidates.push(life);
                Place::Object(life, self.innermost())
            }
            _ => Place::Default,
        };
        self.found.push(place);
    }
}

fn declared(binder: Option<&BoundLifetimes>) -> Vec<Ident> {
    let params = binder.into_iter().flat_map(|binder| &binder.lifetimes);
    let names = params.filter_map(|param| match param {
        GenericParam::Lifetime(param) => Some(param.lifetime.ident.clone()),
        GenericParam::Type(_) | GenericParam::Const(_) => None,
    });
    names.collect()
}

pub(super) fn returned(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ty),
    }
}
