//! Which lifetimes of a signature are the same, whatever their names. This is part of a function's
//! type: if the caller takes a result to borrow from one argument, and the module lets it borrow
//! from another, the caller has a dangling reference.
//!
//! The text lists the lifetimes in the order in which the type has them: `'_` occurs nowhere else
//! and belongs to the innermost function, `'1` occurs again, `'2^1` belongs to a callback, `'a` is
//! the first that the item declares. A `+` is the bound of a `dyn`, with nothing behind it if it is
//! the default. `T0` is the item's first other parameter, whose lifetimes are there.

mod elided;
mod item;
mod places;
mod text;

use syn::visit::Visit;
use syn::{Lifetime, Receiver, ReceiverKind, Type};

pub(crate) use elided::elided;
pub(crate) use item::Params;
use places::{Elision, Life, Place, Places, Source};

/// The lifetimes of a stub's signature, which declares the `own` ones; the text is empty if no
/// lifetime occurs twice, and none is bound elsewhere than where it occurs. Types with no lifetime
/// but `'static` are left out: those are described by what they are.
pub(crate) fn of_stub(own: &[Lifetime], args: &[&Type], result: Option<&Type>) -> String {
    let own = own.iter().map(|one| one.ident.clone()).collect();
    let none = Params::default();
    let mut places = Places::new(&none, own);
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

/// The lifetimes of a method, with those that its bounds mention. `item` has the trait's parameters.
pub(crate) fn of_method(
    receiver: Option<&Receiver>,
    own: &[Lifetime],
    item: &Params,
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

/// The lifetimes of a field's type, or of a trait's bound. `item` has the parameters of the item.
pub(crate) fn of_field(ty: &Type, item: &Params) -> String {
    let mut places = Places::new(item, Vec::new());
    places.elision = Elision::Is(Life::Unknown);
    places.visit_type(ty);
    places.text()
}

/// The same for the hash: types with no lifetime but `'static` are described by what they are.
pub(crate) fn of_field_unshown(ty: &Type, item: &Params) -> String {
    let mut places = Places::new(item, Vec::new());
    places.elision = Elision::Is(Life::Unknown);
    places.argument(ty);
    places.text()
}

/// Whether the signature means the same with all lifetimes left out.
pub(crate) fn goes_without(text: &str, args: &[&Type], result: Option<&Type>) -> bool {
    let mut types = args.iter().copied().chain(result);
    if types.any(mention_static) {
        return false;
    }
    let args: Vec<Type> = args.iter().map(|ty| elided(ty, false)).collect();
    let result = result.map(|ty| elided(ty, false));
    of_stub(&[], &args.iter().collect::<Vec<_>>(), result.as_ref()) == text
}

/// Whether there is a reference or an argument `'static`.
fn mention_static(ty: &Type) -> bool {
    let none = Params::default();
    let mut places = Places::new(&none, Vec::new());
    places.visit_type(ty);
    let mut found = places.found.iter();
    found.any(|place| matches!(place, Place::Of(Life::Static, _)))
}

#[cfg(test)]
mod tests;
