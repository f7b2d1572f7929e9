#![deny(warnings)]

use dlkm_rt::{Interface, Kernel, LoadError, ModuleRoot, module};

/// A type that hides a lifetime.
#[derive(Debug, PartialEq, Interface)]
pub struct Part<'a>(pub &'a str);

#[dlkm_rt::interface]
pub trait Picks {
    fn pick(&self, from: &str) -> bool;
}

impl<F: Fn(&str) -> bool> Picks for F {
    fn pick(&self, from: &str) -> bool {
        self(from)
    }
}

#[module]
pub trait Text {
    /// Two arguments, one with a named lifetime.
    #[stub(or = first)]
    fn pick<'a>(a: &'a str, b: &str) -> &'a str;

    /// Two arguments, with different named lifetimes.
    #[ustub]
    fn swap<'a, 'b>(a: &'a str, b: &'b str) -> Result<(&'b str, &'a str), LoadError>;

    /// One argument, so no lifetime need be named.
    #[stub]
    fn rest(of: &str) -> Result<&str, LoadError>;

    /// A mutable borrow goes in and comes out.
    #[ustub(or = whole)]
    fn tail<'a>(of: &'a mut [u8], from: &usize) -> &'a mut [u8];

    /// A lifetime hidden in the argument's type.
    #[stub]
    fn hidden(of: Part<'_>) -> Result<Part<'_>, LoadError>;

    /// Lifetimes of the arguments' own functions and traits.
    #[stub]
    fn longest<'a>(
        a: &'a str,
        b: &'a str,
        by: &dyn for<'x> Fn(&'x str, &'x str) -> &'x str,
    ) -> Result<&'a str, LoadError>;

    #[stub]
    fn by<'a>(
        a: &'a str,
        by: &dyn for<'x> Fn(&'x str, &str) -> &'x str,
    ) -> Result<&'a str, LoadError>;

    #[stub]
    fn any(
        of: &[&str],
        picks: &dyn for<'x> Fn(&'x str) -> Option<&'x str>,
    ) -> Result<bool, LoadError>;

    #[stub]
    fn found<'a>(of: &[&'a str], picks: &dyn Picks) -> Result<Vec<&'a str>, LoadError>;

    #[wstub(or = nothing)]
    fn each<'a>(of: &'a str, then: &mut dyn FnMut(&'a str));
}

/// Load-only, so that its results may be `'static`.
#[module]
pub trait Fixed {
    #[stub]
    fn constant(key: &u8, other: &u8) -> Result<&'static str, LoadError>;

    #[stub]
    fn chooses(key: &u8) -> Result<for<'x> fn(&'x str, &str) -> &'x str, LoadError>;
}

fn first<'a>(a: &'a str, _: &str) -> &'a str {
    a
}

fn whole<'a>(of: &'a mut [u8], _: &usize) -> &'a mut [u8] {
    of
}

fn nothing<'a>(_: &'a str, _: &mut dyn FnMut(&'a str)) {}

pub struct Driver;

#[module]
impl Text for Driver {
    fn pick<'a>(a: &'a str, b: &str) -> &'a str {
        &a[b.len()..]
    }

    fn swap<'a, 'b>(a: &'a str, b: &'b str) -> Result<(&'b str, &'a str), LoadError> {
        Ok((b, a))
    }

    fn rest(of: &str) -> Result<&str, LoadError> {
        Ok(&of[1..])
    }

    fn tail<'a>(of: &'a mut [u8], from: &usize) -> &'a mut [u8] {
        &mut of[*from..]
    }

    fn hidden(of: Part<'_>) -> Result<Part<'_>, LoadError> {
        Ok(Part(&of.0[1..]))
    }

    fn longest<'a>(
        a: &'a str,
        b: &'a str,
        by: &dyn for<'x> Fn(&'x str, &'x str) -> &'x str,
    ) -> Result<&'a str, LoadError> {
        Ok(by(a, b))
    }

    fn by<'a>(
        a: &'a str,
        by: &dyn for<'x> Fn(&'x str, &str) -> &'x str,
    ) -> Result<&'a str, LoadError> {
        Ok(by(a, "module"))
    }

    fn any(
        of: &[&str],
        picks: &dyn for<'x> Fn(&'x str) -> Option<&'x str>,
    ) -> Result<bool, LoadError> {
        Ok(of.iter().any(|one| picks(one).is_some()))
    }

    fn found<'a>(of: &[&'a str], picks: &dyn Picks) -> Result<Vec<&'a str>, LoadError> {
        Ok(of.iter().copied().filter(|one| picks.pick(one)).collect())
    }

    fn each<'a>(of: &'a str, then: &mut dyn FnMut(&'a str)) {
        of.split(' ').for_each(then);
    }
}

#[module]
impl Fixed for Driver {
    fn constant(_: &u8, _: &u8) -> Result<&'static str, LoadError> {
        Ok("constant")
    }

    fn chooses(_: &u8) -> Result<for<'x> fn(&'x str, &str) -> &'x str, LoadError> {
        Ok(|of, _| of)
    }
}

fn main() {
    let short_lived = String::from("b");
    assert_eq!(text::pick("before", &short_lived), "before");
    Kernel::boot(ModuleRoot::none()).unwrap();
    let outer = String::from("outer");
    let picked = {
        let inner = String::from("in");
        text::pick(&outer, &inner)
    };
    assert_eq!(picked, "ter");
    assert_eq!(text::swap("a", "b").unwrap(), ("b", "a"));
    assert_eq!(text::rest("rest").unwrap(), "est");
    let mut bytes = [1, 2, 3];
    text::tail(&mut bytes, &1)[0] = 9;
    assert_eq!(bytes, [1, 9, 3]);
    assert_eq!(text::hidden(Part("part")).unwrap(), Part("art"));
    assert_eq!(fixed::constant(&1, &2).unwrap(), "constant");
    assert_eq!(fixed::chooses(&1).unwrap()("of", "two"), "of");
    assert_eq!(text::longest("long", "longer", &|_, b| b).unwrap(), "longer");
    assert_eq!(text::by("by", &|a, _| a).unwrap(), "by");
    assert!(text::any(&["a", "b"], &|one| (one == "b").then_some(one)).unwrap());
    let is_b = |one: &str| one == "b";
    assert_eq!(text::found(&["a", "b"], &is_b).unwrap(), ["b"]);
    let mut parts = Vec::new();
    text::each("one two", &mut |part| parts.push(part));
    assert_eq!(parts, ["one", "two"]);
}
