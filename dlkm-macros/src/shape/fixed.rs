//! Whether a type is fixed: its references must be `'static`.

use syn::visit::{self, Visit};
use syn::{
    BoundLifetimes, Ident, Lifetime, Macro, ParenthesizedGenericArguments, Type, TypeFnPtr,
    TypeReference,
};

/// Whether references in the type can only be `'static`: the type is written with `'static`, or
/// with neither a lifetime nor any of the `generics`. The arguments and results of a `fn` or
/// `dyn Fn` inside don't count: [`fixed_bits`] answers for each of them.
pub(crate) fn is_fixed(ty: &Type, generics: &[Ident]) -> bool {
    let mut seen = Seen {
        generics,
        forever: false,
        open: false,
    };
    seen.visit_type(ty);
    seen.forever || !seen.open
}

/// Whether each argument and the result of a `fn` or `dyn Fn` is fixed, as a number that the
/// runtime reads: bit 0 is the result.
pub(crate) fn fixed_bits<'a>(
    args: impl Iterator<Item = &'a Type>,
    result: Option<&Type>,
    generics: &[Ident],
) -> usize {
    let result = result.is_some_and(|ty| is_fixed(ty, generics));
    let bits = args.map(|ty| is_fixed(ty, generics)).enumerate();
    bits.fold(usize::from(result), |bits, (i, is_fixed)| {
        // With more arguments than bits, the last ones share a bit.
        bits | usize::from(is_fixed) << (i + 1).min(56)
    })
}

struct Seen<'a> {
    generics: &'a [Ident],
    /// There is a `'static`.
    forever: bool,
    /// There is another lifetime, or a parameter that may have one.
    open: bool,
}

impl<'ast> Visit<'ast> for Seen<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident == "static" {
            self.forever = true;
        } else {
            self.open = true;
        }
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        self.open |= ty.lifetime.is_none();
        visit::visit_type_reference(self, ty);
    }

    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.open |= self.generics.contains(ident);
    }

    fn visit_macro(&mut self, _: &'ast Macro) {
        // Its expansion is unknown.
        self.open = true;
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}

    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_type_is_fixed_if_its_references_can_only_be_static() {
        let generics: [Ident; 1] = [parse_quote!(T)];
        for (ty, fixed) in [
            ("u8", true),
            ("Vec<String>", true),
            ("Box<dyn Read>", true),
            ("&'static str", true),
            ("Cow<'static, T>", true),
            ("fn(u8)", true),
            ("fn(&str) -> &'static str", true),
            ("&str", false),
            ("&'a str", false),
            ("Of<'_>", false),
            ("Vec<T>", false),
            ("T::Item", false),
            ("fn(&str)", true),
            ("Of<'_, fn(&'static str)>", false),
            ("&dyn Fn(&str) -> &'static str", false),
            ("some!()", false),
        ] {
            let written: Type = syn::parse_str(ty).unwrap();
            assert_eq!(is_fixed(&written, &generics), fixed, "{ty}");
        }
    }
}
