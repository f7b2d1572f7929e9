//! Reports an interface that is used as `dyn` too. Its functions are called without a value, and a
//! `dyn` is one.

use syn::visit::{self, Visit};
use syn::{Ident, ItemTrait, TraitBound, TypeParamBound, TypeTraitObject};

use crate::attributes::is_object;
use crate::errors::Errors;

/// Whether it is used so. Then its other mistakes are not worth a message.
pub(crate) fn report(item: &ItemTrait, errors: &mut Errors) -> bool {
    let ident = &item.ident;
    let why = format!("`{ident}` is an interface, whose functions are called without a value");
    let way =
        "declare the methods with `&self` in another trait, and put `#[interface]` on that trait";
    if let Some(attribute) = item.attrs.iter().find(|one| is_object(one)) {
        errors.at(
            attribute,
            format!("{why}, so it can't be a `dyn {ident}` as well: {way}"),
        );
        return true;
    }
    let mut find = Find {
        ident,
        found: Vec::new(),
    };
    find.visit_item_trait(item);
    for bound in &find.found {
        errors.at(bound, format!("{why}, so there is no `dyn {ident}`: {way}"));
    }
    !find.found.is_empty()
}

/// The places where the trait itself stands behind `dyn`.
struct Find<'a> {
    ident: &'a Ident,
    found: Vec<&'a TraitBound>,
}

impl<'a> Visit<'a> for Find<'a> {
    fn visit_type_trait_object(&mut self, ty: &'a TypeTraitObject) {
        for bound in &ty.bounds {
            if let TypeParamBound::Trait(bound) = bound
                && bound.path.is_ident(self.ident)
            {
                self.found.push(bound);
            }
        }
        visit::visit_type_trait_object(self, ty);
    }
}
