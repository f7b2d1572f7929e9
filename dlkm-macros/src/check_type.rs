//! Reports what no type of a signature may have: `impl Trait` and `Self`.

use syn::visit::{self, Visit};
use syn::{Path, Type, TypeImplTrait};

use crate::errors::Errors;

pub(crate) fn check_type(ty: &Type, generic: &str, of_self: &str, errors: &mut Errors) {
    Find {
        generic,
        of_self,
        errors,
    }
    .visit_type(ty);
}

struct Find<'a> {
    generic: &'a str,
    of_self: &'a str,
    errors: &'a mut Errors,
}

impl<'ast> Visit<'ast> for Find<'_> {
    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.errors.at(ty, self.generic);
        visit::visit_type_impl_trait(self, ty);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if let Some(first) = path.segments.first().filter(|one| one.ident == "Self") {
            self.errors.at(&first.ident, self.of_self);
        }
        visit::visit_path(self, path);
    }
}
