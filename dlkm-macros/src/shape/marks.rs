//! Which references of a callable's arguments have a lifetime of their own, which nothing else in
//! the signature restricts: those with a lifetime left out, which no type parameter hides.
//!
//! The runtime's `interface::Marks` defines the number.

use syn::visit::{self, Visit};
use syn::{Lifetime, Macro, ParenthesizedGenericArguments, Type, TypeFnPtr, TypeReference};

/// The same as `ALONE` of the runtime's `interface`.
const ALONE: u64 = 1;

/// The marks of each argument of a stub's function. All lifetimes of a stub's result are written.
pub(crate) fn marks_of_each(args: &[&Type], result: Option<&Type>) -> Vec<u64> {
    let alone = if result.is_some_and(leaves_out) {
        alone(args, false)
    } else {
        0
    };
    let each = args.iter().map(|ty| number(&[ty], alone));
    each.collect()
}

/// Whether a lifetime may be left out of a type.
pub(crate) fn leaves_out(ty: &Type) -> bool {
    let mut any = Any(false);
    any.visit_type(ty);
    any.0
}

/// Whether a lifetime is left out; those in a `fn` or `dyn Fn` are its own.
struct Any(bool);

impl<'ast> Visit<'ast> for Any {
    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        self.0 |= ty.lifetime.is_none();
        visit::visit_type_reference(self, ty);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.0 |= lifetime.ident == "_";
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}

    fn visit_macro(&mut self, _: &'ast Macro) {
        // Its expansion is unknown.
        self.0 = true;
    }
}

/// The marks of a list of arguments. `receiver`: there is a `&self`, from which results borrow if
/// their lifetimes are left out.
pub(crate) fn marks(args: &[&Type], receiver: bool) -> u64 {
    number(args, alone(args, receiver))
}

/// The marks of a method, whose first argument is the receiver.
pub(crate) fn marks_of_method(args: &[&Type], by_reference: bool) -> u64 {
    let marks = marks(args, by_reference);
    match marks >> 62 {
        0 => (marks & !ALONE) << 1 | marks & ALONE,
        _ => 0,
    }
}

/// `ALONE`, if a lifetime left out of the result could be that of one of these references.
fn alone(args: &[&Type], receiver: bool) -> u64 {
    let mut elided = Elided(0);
    args.iter().for_each(|ty| elided.visit_type(ty));
    // With several, it could not be left out.
    if receiver || elided.0 > 1 { 0 } else { ALONE }
}

/// Counts the lifetimes that are left out; those in a `fn` or `dyn Fn` are its own.
struct Elided(usize);

impl<'ast> Visit<'ast> for Elided {
    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        self.0 += usize::from(ty.lifetime.is_none());
        visit::visit_type_reference(self, ty);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.0 += usize::from(lifetime.ident == "_");
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

/// The bits as a number, with `alone` if there are any.
fn number(args: &[&Type], alone: u64) -> u64 {
    let mut bits = Vec::new();
    args.iter().for_each(|ty| put(ty, &mut bits));
    let last = bits.iter().rposition(|bit| *bit);
    match last {
        Some(last) if last < 62 => {
            let bits = bits[..=last].iter().enumerate();
            bits.fold(alone, |marks, (i, bit)| marks | u64::from(*bit) << (i + 1))
        }
        _ => 0,
    }
}

fn put(ty: &Type, bits: &mut Vec<bool>) {
    match ty {
        Type::Group(ty) => put(&ty.elem, bits),
        Type::Paren(ty) => put(&ty.elem, bits),
        Type::Reference(ty) if ty.lifetime.as_ref().is_none_or(|one| one.ident == "_") => {
            bits.push(true);
            put(&ty.elem, bits);
        }
        Type::Array(ty) => put_all([&*ty.elem], bits),
        Type::Slice(ty) => put_all([&*ty.elem], bits),
        Type::Tuple(ty) => put_all(&ty.elems, bits),
        _ => bits.push(false),
    }
}

fn put_all<'a>(types: impl IntoIterator<Item = &'a Type>, bits: &mut Vec<bool>) {
    let mut inside = Vec::new();
    types.into_iter().for_each(|ty| put(ty, &mut inside));
    let any = inside.contains(&true);
    bits.push(any);
    if any {
        bits.append(&mut inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> u64 {
        let ty: TypeFnPtr = syn::parse_str(text).unwrap();
        let args: Vec<_> = ty.inputs.iter().map(|arg| &arg.ty).collect();
        marks(&args, false)
    }

    #[test]
    fn a_reference_is_marked_if_nothing_else_has_its_lifetime() {
        for (text, marks) in [
            ("fn(u8, [u8; 2], (u8, u8))", 0),
            ("fn(&str)", 0b011),
            ("fn(&'_ mut str, u8)", 0b011),
            ("fn(&'a str, &'static str)", 0),
            ("fn(Option<&str>, Of<'_>)", 0),
            ("fn(u8, &str, &u8)", 0b010100),
            ("fn(&[&'a str])", 0b011),
            ("fn(&[(u8, &str)], &u8)", 0b010101110),
            ("fn(&'a &str)", 0),
            ("fn(&mut dyn FnMut(&str))", 0b011),
            ("fn((&str))", 0b011),
        ] {
            assert_eq!(read(text), marks, "{text}: {:b}", read(text));
        }
    }

    #[test]
    fn a_result_borrows_from_an_argument_only_without_a_name() {
        for (ty, left_out) in [
            ("Result<u64, Error>", false),
            ("Result<&'static str, Error>", false),
            ("(&'a [u8], View<'a>)", false),
            ("Held<Box<dyn Matcher>>", false),
            ("Held<Box<dyn Fn(&str) -> &str>>", false),
            ("fn(&str) -> &str", false),
            ("Held<Box<dyn Fn(&str) -> String + '_>>", true),
            ("Result<&str, Error>", true),
            ("Vec<&&'a str>", true),
            ("&mut [u8]", true),
            ("View<'_>", true),
            ("Box<dyn Iterator<Item = u8> + '_>", true),
            ("Result<unknown!(), Error>", true),
        ] {
            let ty: Type = syn::parse_str(ty).unwrap();
            assert_eq!(leaves_out(&ty), left_out, "{}", quote::quote!(#ty));
        }
    }

    #[test]
    fn the_receiver_comes_first() {
        let ty: Type = syn::parse_quote!(&str);
        assert_eq!(marks_of_method(&[&ty], true), 0b100);
        assert_eq!(marks_of_method(&[&ty], false), 0b101);
        assert_eq!(marks_of_each(&[&ty, &ty], Some(&ty)), [2, 2]);
        assert_eq!(marks_of_each(&[&ty], Some(&ty)), [3]);
        assert_eq!(marks_of_each(&[&ty], None), [2]);
        assert_eq!(marks(&[&ty; 40], false), 0);
    }
}
