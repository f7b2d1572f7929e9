//! Whether what a type refers to must live as long as the program.

use syn::visit::{self, Visit};
use syn::{BoundLifetimes, Ident, Lifetime, Macro, NamedArg, Type, TypeReference};

/// Whether references in the type can only be `'static`: it is written with that, other
/// than among a function's arguments, or without any lifetime and any of the `generics`.
pub(crate) fn pins(ty: &Type, generics: &[Ident]) -> bool {
    let mut seen = Seen {
        generics,
        depth: 0,
        forever: false,
        open: false,
    };
    seen.visit_type(ty);
    seen.forever || !seen.open
}

struct Seen<'a> {
    generics: &'a [Ident],
    /// How many lists of arguments lie around.
    depth: usize,
    /// There is a `'static`.
    forever: bool,
    /// There is another lifetime, or a parameter that may have one.
    open: bool,
}

impl<'ast> Visit<'ast> for Seen<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident == "static" && self.depth == 0 {
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
        // Nobody knows what it stands for.
        self.open = true;
    }

    /// Arguments of `fn` and of `dyn Fn` alike.
    fn visit_named_arg(&mut self, arg: &'ast NamedArg) {
        self.depth += 1;
        visit::visit_named_arg(self, arg);
        self.depth -= 1;
    }

    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn what_is_written_tells_whether_references_are_static() {
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
            ("fn(&str)", false),
            ("fn(&'static str)", false),
            ("dyn Fn(&'static str)", false),
            ("some!()", false),
        ] {
            let written: Type = syn::parse_str(ty).unwrap();
            assert_eq!(pins(&written, &generics), fixed, "{ty}");
        }
    }
}
