//! The parameters that an item declares, whose names don't matter.

use syn::{GenericParam, Generics, Ident};

/// The parameters of a struct, an enum or a trait.
#[derive(Default)]
pub(crate) struct Params {
    pub(crate) lifetimes: Vec<Ident>,
    /// Types and constants.
    pub(crate) others: Vec<Ident>,
}

impl Params {
    pub(crate) fn of(generics: &Generics) -> Self {
        let lifetimes = generics.lifetimes().map(|one| one.lifetime.ident.clone());
        let others = generics.params.iter().filter_map(|param| match param {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(param) => Some(param.ident.clone()),
            GenericParam::Const(param) => Some(param.ident.clone()),
        });
        Params {
            lifetimes: lifetimes.collect(),
            others: others.collect(),
        }
    }

    /// `'a` for the first lifetime, `'b` for the second.
    pub(crate) fn lifetime(at: usize) -> String {
        match u8::try_from(at) {
            Ok(at) if at < 26 => format!("'{}", char::from(b'a' + at)),
            _ => format!("'a{at}"),
        }
    }

    /// `T0` for the first of the others, if the name is one of them.
    pub(crate) fn other(&self, name: &Ident) -> Option<String> {
        let at = self.others.iter().position(|one| one == name)?;
        Some(format!("T{at}"))
    }

    /// Whether more than one of them may have lifetimes, so that it matters which one is where.
    pub(super) fn are_several(&self) -> bool {
        self.lifetimes.len() + self.others.len() > 1
    }
}
