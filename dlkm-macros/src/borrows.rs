//! Which lifetimes of a signature are the same, whatever their names. This is part of a function's
//! type: if the caller takes a result to borrow from one argument, and the module lets it borrow
//! from another, the caller has a dangling reference.

use syn::visit::{self, Visit};
use syn::{BoundLifetimes, GenericParam, Lifetime, NamedArg, Type, TypeReference};

/// One lifetime where it occurs.
#[derive(Clone, PartialEq)]
enum Place {
    Named(String),
    Static,
    /// Left out, or `'_`: a lifetime of its own, with a number.
    Elided(usize),
}

/// The lifetimes of a type, in the order in which they are written. Those that `fn(...)` and
/// `Fn(...)` leave out don't count: they are lifetimes of that function.
#[derive(Default)]
struct Places {
    found: Vec<Place>,
    elided: usize,
    /// How many lists of arguments surround the place.
    depth: usize,
    /// Declared by a `for<'a>` inside the type.
    bound: Vec<String>,
}

impl<'ast> Visit<'ast> for Places {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        let name = lifetime.ident.to_string();
        match &*name {
            "static" => self.found.push(Place::Static),
            "_" => self.elide(),
            _ if self.bound.contains(&name) => {}
            _ => self.found.push(Place::Named(name)),
        }
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        if ty.lifetime.is_none() {
            self.elide();
        }
        visit::visit_type_reference(self, ty);
    }

    fn visit_named_arg(&mut self, arg: &'ast NamedArg) {
        self.depth += 1;
        visit::visit_named_arg(self, arg);
        self.depth -= 1;
    }

    fn visit_bound_lifetimes(&mut self, lifetimes: &'ast BoundLifetimes) {
        for param in &lifetimes.lifetimes {
            if let GenericParam::Lifetime(param) = param {
                self.bound.push(param.lifetime.ident.to_string());
            }
        }
    }
}

impl Places {
    fn elide(&mut self) {
        if self.depth == 0 {
            self.found.push(Place::Elided(self.elided));
            self.elided += 1;
        }
    }
}

/// The lifetimes of a signature.
pub(crate) struct Borrows {
    args: Vec<Place>,
    result: Vec<Place>,
    /// The meaning of a lifetime left out in the result: that of `self`, or the only one.
    source: Option<Place>,
}

impl Borrows {
    /// `receiver`: there is a `&self`, from which results borrow by default.
    pub(crate) fn new(receiver: bool, args: &[&Type], result: Option<&Type>) -> Self {
        let mut places = Places::default();
        args.iter().for_each(|ty| places.visit_type(ty));
        let args = std::mem::take(&mut places.found);
        if let Some(ty) = result {
            places.visit_type(ty);
        }
        let mut distinct: Vec<Place> = Vec::new();
        for place in &args {
            if *place != Place::Static && !distinct.contains(place) {
                distinct.push(place.clone());
            }
        }
        let source = match &distinct[..] {
            _ if receiver => Some(Place::Named("&self".to_owned())),
            [one] => Some(one.clone()),
            _ => None,
        };
        Borrows {
            args,
            result: places.found,
            source,
        }
    }

    /// A text that is equal for signatures with the same meaning. It is empty if no result borrows
    /// from an argument, no lifetime occurs twice, and no reference is `'static`.
    pub(crate) fn pattern(&self) -> String {
        let result = self.result.iter().map(|place| match (place, &self.source) {
            (Place::Elided(_), Some(source)) => source,
            (other, _) => other,
        });
        pattern(&self.args.iter().chain(result).collect::<Vec<_>>())
    }

    /// Whether the signature means the same with all lifetimes left out.
    pub(crate) fn goes_without(&self) -> bool {
        let bare = |from: usize, places: &[Place]| -> Vec<Place> {
            let places = places.iter().enumerate();
            places.map(|(i, _)| Place::Elided(from + i)).collect()
        };
        let args = bare(0, &self.args);
        let source = match (&self.source, &args[..]) {
            (Some(Place::Named(own)), _) if own == "&self" => self.source.clone(),
            (_, [one]) => Some(one.clone()),
            _ => None,
        };
        let result = bare(args.len(), &self.result);
        let without = Borrows {
            args,
            result,
            source,
        };
        without.pattern() == self.pattern()
    }
}

/// A letter for each lifetime that occurs more than once, in the order of appearance.
fn pattern(places: &[&Place]) -> String {
    let mut shared: Vec<&Place> = Vec::new();
    let mut out = String::new();
    let mut any = false;
    for place in places {
        let often = places.iter().filter(|other| other == &place).count() > 1;
        let sign = match place {
            Place::Static => 's',
            _ if often => {
                let known = shared.iter().position(|one| one == place);
                let number = known.unwrap_or_else(|| {
                    shared.push(place);
                    shared.len() - 1
                });
                // Distinct from 's'. No signature has more lifetimes than letters.
                char::from(b'A' + (number as u8).min(25))
            }
            _ => '_',
        };
        any |= sign != '_';
        out.push(sign);
    }
    if any { out } else { String::new() }
}

/// The lifetimes of a field's type, each as its position among those that the item declares.
pub(crate) fn of_field(ty: &Type, own: &[&Lifetime]) -> String {
    let mut places = Places::default();
    places.visit_type(ty);
    let signs = places.found.iter().map(|place| match place {
        Place::Named(name) => match own.iter().position(|one| one.ident == name) {
            Some(number) => number.to_string(),
            None => "_".to_owned(),
        },
        Place::Static => "s".to_owned(),
        Place::Elided(_) => "_".to_owned(),
    });
    signs.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(receiver: bool, text: &str) -> Borrows {
        let ty: syn::TypeFnPtr = syn::parse_str(text).unwrap();
        let args: Vec<&Type> = ty.inputs.iter().map(|arg| &arg.ty).collect();
        let result = match &ty.output {
            syn::ReturnType::Default => None,
            syn::ReturnType::Type(_, ty) => Some(&**ty),
        };
        Borrows::new(receiver, &args, result)
    }

    #[test]
    fn signatures_that_borrow_alike_have_one_pattern() {
        for (text, pattern, goes_without) in [
            ("fn(u8) -> u8", "", true),
            ("fn(&str, &str)", "", true),
            ("fn(&'a str, &'b str)", "", true),
            ("fn(&str) -> &str", "AA", true),
            ("fn(&'x str) -> Of<'x>", "AA", true),
            ("fn(&'a str) -> Of<'_>", "AA", true),
            ("fn(&'a str, &str) -> &'a str", "A_A", false),
            ("fn(&str, &'a str) -> &'a str", "_AA", false),
            ("fn(&'b str, &'a str) -> (&'a str, &'b str)", "ABBA", false),
            ("fn(&'a str, &'a str)", "AA", false),
            ("fn(&'static str)", "s", false),
            ("fn(&str) -> &'static str", "_s", false),
            ("fn(&dyn Fn(&str) -> &u8)", "", true),
            (
                "fn(&mut dyn for<'x> FnMut(&'x u8, &'a u8), &'a u8)",
                "_AA",
                false,
            ),
        ] {
            let borrows = read(false, text);
            assert_eq!(borrows.pattern(), pattern, "{text}");
            assert_eq!(borrows.goes_without(), goes_without, "{text}");
        }
        assert_eq!(read(true, "fn(&str) -> &str").pattern(), "");
        assert_eq!(read(true, "fn(&'a str) -> &'a str").pattern(), "AA");
    }

    #[test]
    fn the_lifetimes_of_a_field_are_written_as_positions() {
        let own: [Lifetime; 2] = [syn::parse_quote!('a), syn::parse_quote!('b)];
        let own: Vec<_> = own.iter().collect();
        for (ty, text) in [
            ("u8", ""),
            ("&'a str", "0"),
            ("Of<'b, &'a u8>", "1 0"),
            ("&'static str", "s"),
            ("fn(&str) -> &'b u8", "1"),
        ] {
            assert_eq!(of_field(&syn::parse_str(ty).unwrap(), &own), text, "{ty}");
        }
    }
}
