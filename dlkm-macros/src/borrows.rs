//! Which lifetimes of a signature are the same, whatever their names. This is part of a function's
//! type: if the caller takes a result to borrow from one argument, and the module lets it borrow
//! from another, the caller has a dangling reference.
//!
//! The text lists the lifetimes in the order in which the type has them: `'_` occurs nowhere else
//! and belongs to the innermost function, `'1` occurs again, `'2^1` belongs to a callback, `'a` is
//! the first that the item declares. A `+` is the bound of a `dyn`, with nothing behind it if it is
//! the default.

use std::fmt::Write;

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, GenericArgument, GenericParam, Ident, Lifetime, PathArguments, Receiver,
    ReceiverKind, ReturnType, TraitBound, Type, TypeFnPtr, TypeParamBound, TypePath, TypeReference,
    TypeTraitObject,
};

/// One lifetime.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Of a reference or a type, within this scope.
    Of(Life, usize),
    /// The bound of a `dyn`, within this scope.
    Object(Life, usize),
    /// The default bound of a `dyn`.
    Default,
}

/// A function, a callback, or a `for<'a>`.
struct Scope {
    names: Vec<Ident>,
    /// How many scopes are around it.
    level: usize,
    /// Whether the type shows that there is one, as that of a function does.
    shown: bool,
}

/// What a lifetime left out is.
#[derive(Clone, Copy)]
enum Elision {
    /// One of its own, of this scope.
    Fresh(usize),
    Is(Life),
}

/// The bound of a `dyn` that has none.
#[derive(Clone, Copy, PartialEq)]
enum ObjectDefault {
    Is(Life),
    /// The type around it decides.
    Unknown,
}

struct Places<'a> {
    /// The lifetimes that the item declares.
    item: &'a [Ident],
    scopes: Vec<Scope>,
    /// The scopes around the place.
    open: Vec<usize>,
    /// How many lifetimes have been left out so far.
    elided: usize,
    elision: Elision,
    object: ObjectDefault,
    found: Vec<Place>,
    /// The lifetimes of the function's arguments so far, without those of callbacks: one of them may
    /// be that of the result.
    candidates: Vec<Life>,
}

/// Lifetimes left out have numbers above those that are declared.
const ELIDED: usize = 1 << 16;

impl<'a> Places<'a> {
    fn new(item: &'a [Ident], own: Vec<Ident>) -> Self {
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

    fn elide(&mut self) -> Life {
        match self.elision {
            Elision::Is(life) => life,
            Elision::Fresh(scope) => {
                self.elided += 1;
                let number = ELIDED + self.elided;
                Life::Bound { scope, number }
            }
        }
    }

    fn look_up(&mut self, lifetime: &Lifetime) -> Life {
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
        let of_item = self.item.iter().position(|name| *name == lifetime.ident);
        of_item.map_or(Life::Unknown, Life::Item)
    }

    fn push(&mut self, life: Life) {
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
    fn argument(&mut self, ty: &Type) {
        let before = self.found.len();
        self.visit_type(ty);
        self.drop_static(before);
    }

    /// Drops the places from `before` on if none is other than `'static`.
    fn drop_static(&mut self, before: usize) {
        if self.found[before..].iter().all(Place::is_static) {
            self.found.truncate(before);
        }
    }

    fn result(&mut self, source: Source, result: Option<&Type>) {
        self.elision = Elision::Is(source.life());
        self.object = ObjectDefault::Is(Life::Static);
        if let Some(ty) = result {
            self.visit_type(ty);
        }
    }

    /// The text of all places.
    fn text(&self) -> String {
        let lives: Vec<Life> = self.found.iter().filter_map(Place::life).collect();
        let mut known: Vec<Life> = Vec::new();
        let mut texts = Vec::new();
        let mut trivial = true;
        for place in &self.found {
            let mut text = String::new();
            let (life, scope) = match *place {
                Place::Default => {
                    texts.push("+".to_owned());
                    continue;
                }
                Place::Of(life, scope) => (life, scope),
                Place::Object(life, scope) => {
                    text.push('+');
                    (life, scope)
                }
            };
            let once = lives.iter().filter(|other| **other == life).count() == 1;
            match life {
                Life::Static => text.push_str("'static"),
                Life::Unknown => text.push_str("'?"),
                Life::Item(at) => text.push_str(&item_name(at)),
                Life::Bound { scope: own, .. }
                    if once && own == scope && self.scopes[own].shown && text.is_empty() =>
                {
                    text.push_str("'_");
                }
                Life::Bound { scope: own, .. } => {
                    let number = known.iter().position(|one| *one == life);
                    let number = number.unwrap_or_else(|| {
                        known.push(life);
                        known.len() - 1
                    });
                    let level = self.scopes[own].level;
                    // Writing to a `String` never fails.
                    let _ = match level {
                        0 => write!(text, "'{}", number + 1),
                        _ => write!(text, "'{}^{level}", number + 1),
                    };
                }
            }
            trivial &= text == "'_";
            texts.push(text);
        }
        if trivial {
            return String::new();
        }
        texts.join(" ")
    }
}

impl Place {
    /// Whether the type shows as much by itself.
    fn is_static(&self) -> bool {
        matches!(self.life(), None | Some(Life::Static))
    }

    fn life(&self) -> Option<Life> {
        match self {
            Place::Of(life, _) | Place::Object(life, _) => Some(*life),
            Place::Default => None,
        }
    }
}

/// From which lifetime results borrow if they name none.
enum Source {
    None,
    One(Life),
    /// Several, so rustc wants a name.
    Several,
}

impl Source {
    /// With the lifetimes of one more argument.
    fn add(&mut self, lives: &[Life]) {
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

/// `'a` for the first lifetime that an item declares, `'b` for the second.
pub(crate) fn item_name(at: usize) -> String {
    match u8::try_from(at) {
        Ok(at) if at < 26 => format!("'{}", char::from(b'a' + at)),
        _ => format!("'a{at}"),
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

fn returned(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ty),
    }
}

/// The lifetimes of a stub's signature, which declares the `own` ones; the text is empty if no
/// lifetime occurs twice, and none is bound elsewhere than where it occurs. Types with no lifetime
/// but `'static` are left out: those are described by what they are.
pub(crate) fn of_stub(own: &[Lifetime], args: &[&Type], result: Option<&Type>) -> String {
    let own = own.iter().map(|one| one.ident.clone()).collect();
    let mut places = Places::new(&[], own);
    let mut source = Source::None;
    for ty in args {
        places.argument(ty);
        source.add(&std::mem::take(&mut places.candidates));
    }
    let before = places.found.len();
    places.result(source, result);
    places.drop_static(before);
    places.text()
}

/// The lifetimes of a method, with those that its bounds mention. `item` has the trait's own.
pub(crate) fn of_method(
    receiver: Option<&Receiver>,
    own: &[Lifetime],
    item: &[Ident],
    args: &[&Type],
    result: Option<&Type>,
    in_bounds: &[Lifetime],
) -> String {
    let own = own.iter().map(|one| one.ident.clone()).collect();
    let mut places = Places::new(item, own);
    let mut source = Source::None;
    let reference = receiver.and_then(|receiver| match &receiver.kind {
        ReceiverKind::Reference(_, lifetime, _) => Some(lifetime.as_ref()),
        ReceiverKind::Typed(_, ty) => match &**ty {
            Type::Reference(ty) => Some(ty.lifetime.as_ref()),
            _ => None,
        },
        _ => None,
    });
    let of_self = reference.map(|lifetime| {
        let life = match lifetime {
            Some(lifetime) => places.look_up(lifetime),
            None => places.elide(),
        };
        places.push(life);
        life
    });
    places.candidates.clear();
    for ty in args {
        places.visit_type(ty);
        source.add(&std::mem::take(&mut places.candidates));
    }
    if let Some(life) = of_self {
        source = Source::One(life);
    }
    places.result(source, result);
    for one in in_bounds {
        places.visit_lifetime(one);
    }
    places.text()
}

/// The lifetimes of a field's type, or of a trait's bound. `item` has those that the item declares.
pub(crate) fn of_field(ty: &Type, item: &[Ident]) -> String {
    let mut places = Places::new(item, Vec::new());
    places.elision = Elision::Is(Life::Unknown);
    places.visit_type(ty);
    places.text()
}

/// The same for the hash: types with no lifetime but `'static` are described by what they are.
pub(crate) fn of_field_unshown(ty: &Type, item: &[Ident]) -> String {
    let mut places = Places::new(item, Vec::new());
    places.elision = Elision::Is(Life::Unknown);
    places.argument(ty);
    places.text()
}

/// Whether the signature means the same with all lifetimes left out.
pub(crate) fn goes_without(text: &str, args: &[&Type], result: Option<&Type>) -> bool {
    let elided = |ty: &Type| {
        let mut ty = ty.clone();
        Elide.visit_type_mut(&mut ty);
        ty
    };
    let mut types = args.iter().copied().chain(result);
    if types.any(mention_static) {
        return false;
    }
    let args: Vec<Type> = args.iter().map(|ty| elided(ty)).collect();
    let result = result.map(elided);
    of_stub(&[], &args.iter().collect::<Vec<_>>(), result.as_ref()) == text
}

/// Whether there is a reference or an argument `'static`.
fn mention_static(ty: &Type) -> bool {
    let mut places = Places::new(&[], Vec::new());
    places.visit_type(ty);
    let mut found = places.found.iter();
    found.any(|place| matches!(place, Place::Of(Life::Static, _)))
}

/// Leaves all lifetimes out.
struct Elide;

impl VisitMut for Elide {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'_", lifetime.span());
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
        let bounds = std::mem::take(&mut ty.bounds).into_iter();
        let bounds = bounds.filter(|bound| !matches!(bound, TypeParamBound::Lifetime(_)));
        ty.bounds = bounds.collect();
        visit_mut::visit_type_trait_object_mut(self, ty);
    }
}

#[cfg(test)]
#[path = "borrows/tests.rs"]
mod tests;
