//! The types that an author declared to cross, as the macros see them.

use syn::{
    Attribute, Expr, Generics, Ident, Index, ItemTrait, Lifetime, Signature, TraitBound, Type,
};

use crate::runtime::Runtime;

/// A struct or an enum.
pub(super) struct Data<'a> {
    pub(super) runtime: Runtime,
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    /// The text of the `repr`s, as in `repr(C)`; empty without one.
    pub(super) repr: String,
    /// The integer among the `repr`s.
    pub(super) integer: Option<Ident>,
    pub(super) stable: bool,
    pub(super) body: Body<'a>,
    /// The `allow` attributes anywhere in the item.
    pub(super) allowed: Vec<Attribute>,
}

pub(super) enum Body<'a> {
    Struct(Vec<Field<'a>>),
    Enum(Vec<Variant<'a>>),
}

pub(super) struct Variant<'a> {
    pub(super) ident: &'a Ident,
    pub(super) discriminant: Option<&'a Expr>,
    pub(super) fields: Vec<Field<'a>>,
}

pub(super) struct Field<'a> {
    pub(super) name: Member<'a>,
    pub(super) ty: &'a Type,
    /// `#[interface(unsafe(opaque))]`
    pub(super) opaque: bool,
}

pub(super) enum Member<'a> {
    Named(&'a Ident),
    Unnamed(Index),
}

impl Data<'_> {
    /// The same type without fields and variants.
    pub(super) fn without_parts(mut self) -> Self {
        self.body = match self.body {
            Body::Struct(_) => Body::Struct(Vec::new()),
            Body::Enum(_) => Body::Enum(Vec::new()),
        };
        self
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &Field<'_>> {
        let (one, many) = match &self.body {
            Body::Struct(fields) => (&fields[..], &[][..]),
            Body::Enum(variants) => (&[][..], &variants[..]),
        };
        one.iter()
            .chain(many.iter().flat_map(|variant| &variant.fields))
    }
}

/// A trait used as `dyn`.
pub(super) struct Object<'a> {
    pub(super) runtime: Runtime,
    pub(super) item: &'a ItemTrait,
    pub(super) supers: Vec<Super>,
    /// The auto traits among the supertraits, as positions in [`AUTO`].
    pub(super) autos: Vec<usize>,
    pub(super) methods: Vec<Method<'a>>,
    pub(super) allowed: Vec<Attribute>,
}

/// The auto traits that a supertrait may be, in the order of the shape `Auto`.
pub(super) const AUTO: [&str; 5] = ["Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"];

/// A supertrait.
pub(super) struct Super {
    /// Its name, without path and arguments.
    pub(super) name: String,
    pub(super) bound: TraitBound,
}

pub(super) struct Method<'a> {
    pub(super) ident: &'a Ident,
    /// The kind, as in the shape `Function`.
    pub(super) kind: usize,
    /// The receiver, as in the shape `Receiver`.
    pub(super) receiver: usize,
    /// The lifetimes that the method declares.
    pub(super) lifetimes: Vec<Lifetime>,
    pub(super) sig: &'a Signature,
    pub(super) args: Vec<&'a Type>,
    /// `None` for `()` left out.
    pub(super) result: Option<&'a Type>,
}
