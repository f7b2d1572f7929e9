//! Types from a `$ty:ty` of a `macro_rules!` arrive in a group without delimiters, which does not
//! survive the way back to rustc. What a reference refers to needs parentheses then: `&dyn A + B`
//! is ambiguous.

use syn::visit_mut::{self, VisitMut};
use syn::{Item, Type, TypeParen, token};

/// Puts the parentheses there.
pub(crate) fn parenthesize(item: &mut Item) {
    Parenthesize.visit_item_mut(item);
}

struct Parenthesize;

impl Parenthesize {
    fn pointee(ty: &mut Box<Type>) {
        if let Type::Group(group) = &**ty
            && let Type::TraitObject(object) = &*group.elem
            && object.bounds.len() > 1
        {
            **ty = Type::Paren(TypeParen {
                attrs: Vec::new(),
                paren_token: token::Paren(group.group_token.span),
                elem: group.elem.clone(),
            });
        }
    }
}

impl VisitMut for Parenthesize {
    fn visit_type_reference_mut(&mut self, ty: &mut syn::TypeReference) {
        Self::pointee(&mut ty.elem);
        visit_mut::visit_type_reference_mut(self, ty);
    }

    fn visit_type_ptr_mut(&mut self, ty: &mut syn::TypePtr) {
        Self::pointee(&mut ty.elem);
        visit_mut::visit_type_ptr_mut(self, ty);
    }
}
