//! Types without the names of lifetimes.

use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, Lifetime, PathArguments, TraitBound, Type, TypeFnPtr, TypeParamBound,
    TypeReference, TypeTraitObject,
};

/// The type with all lifetimes left out. Those among the arguments of a path become `'_`, which says
/// that there is one; or, with `unmarked`, nothing.
pub(crate) fn elided(ty: &Type, unmarked: bool) -> Type {
    let mut ty = ty.clone();
    Elide { unmarked }.visit_type_mut(&mut ty);
    ty
}

struct Elide {
    unmarked: bool,
}

impl VisitMut for Elide {
    fn visit_type_reference_mut(&mut self, ty: &mut TypeReference) {
        ty.lifetime = None;
        visit_mut::visit_type_reference_mut(self, ty);
    }

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

    fn visit_path_arguments_mut(&mut self, arguments: &mut PathArguments) {
        if let PathArguments::AngleBracketed(list) = arguments
            && self.unmarked
        {
            let args = std::mem::take(&mut list.args).into_iter();
            let args = args.filter(|arg| !matches!(arg, GenericArgument::Lifetime(_)));
            list.args = args.collect();
            if list.args.is_empty() {
                *arguments = PathArguments::None;
            }
        }
        visit_mut::visit_path_arguments_mut(self, arguments);
    }
}
