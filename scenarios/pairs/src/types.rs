//! Types that differ, in each place that a type can be in.

use crate::{Pair, Source};

/// No two are the same, though many have one layout.
const TYPES: &[&str] = &[
    "u8",
    "i8",
    "bool",
    "u16",
    "i16",
    "u32",
    "i32",
    "f32",
    "char",
    "u64",
    "i64",
    "f64",
    "usize",
    "isize",
    "u128",
    "()",
    "String",
    "Box<str>",
    "std::path::PathBuf",
    "Vec<u8>",
    "Vec<i8>",
    "Vec<Vec<u8>>",
    "std::collections::VecDeque<u8>",
    "Option<u8>",
    "Option<u16>",
    "Option<Box<u8>>",
    "Box<u8>",
    "Box<i8>",
    "std::rc::Rc<u8>",
    "[u8; 4]",
    "[u8; 5]",
    "[i8; 4]",
    "(u8, u16)",
    "(u16, u8)",
    "(u8,)",
    "Result<u8, u16>",
    "Result<u16, u8>",
    "std::collections::BTreeMap<u8, u16>",
    "std::collections::BTreeMap<u16, u8>",
    "std::time::Duration",
    "std::num::Wrapping<u8>",
    "std::num::NonZero<u8>",
    "std::num::NonZero<i8>",
    "std::ops::Range<u8>",
    "std::marker::PhantomData<u8>",
    "std::marker::PhantomData<u16>",
    "std::cell::Cell<u8>",
    "Point",
    "Pixel",
    "Of<u8>",
    "Of<i8>",
    "Of<Point>",
    "Many<3>",
    "Low",
    "High",
];

/// What the types refer to.
pub(crate) const ITEMS: &str = "
    #[derive(Interface)] pub struct Point { pub x: u16, pub y: u16 }
    #[derive(Interface)] pub struct Pixel { pub x: u16, pub y: u16 }
    #[derive(Interface)] pub struct Of<T> { pub inner: T }
    #[derive(Interface)] pub struct Many<const N: usize> { pub inner: [u8; N] }
    #[derive(Interface)] pub enum Low { One, Two }
    #[derive(Interface)] pub enum High { One = 5, Two }
";

/// A place, the item that it is in, the signature, and what names a difference there. `@` stands
/// for the type.
const PLACES: &[(&str, &str, &str)] = &[
    ("", "(x: @)", "f: argument 1"),
    ("", "(x: u8, y: @)", "f: argument 2"),
    ("", "() -> Result<@, LoadError>", "f: result"),
    ("", "(x: &@)", "f: argument 1"),
    ("", "(x: &mut @)", "f: argument 1"),
    ("", "(x: &[@])", "f: argument 1"),
    ("", "(x: (u8, @))", "f: argument 1"),
    ("", "(x: [@; 2])", "f: argument 1"),
    ("", "(x: Option<@>)", "f: argument 1"),
    ("", "(x: Of<@>)", "f: argument 1"),
    ("", "(x: &mut dyn FnMut(@))", "f: argument 1"),
    ("", "(x: &dyn Fn() -> @)", "f: argument 1"),
    ("", "() -> Result<fn(@), LoadError>", "f: result"),
    ("", "(x: *const @)", "f: argument 1"),
    (
        "#[derive(Interface)] pub struct Own { pub first: u8, pub field: @ }",
        "(x: Own)",
        "Own.field",
    ),
    (
        "#[derive(Interface)] pub struct Own(@);",
        "(x: &Own)",
        "Own.0",
    ),
    (
        "#[derive(Interface)] pub enum Own { None, Full { field: @ } }",
        "(x: Own)",
        "Own::Full.field",
    ),
    (
        "#[interface] pub trait Own { fn method(&self, x: @); }",
        "(x: &dyn Own)",
        "Own::method",
    ),
    (
        "#[interface] pub trait Own { fn method(&mut self) -> @; }",
        "(x: &mut dyn Own)",
        "Own::method",
    ),
    (
        "#[derive(Interface)] pub struct Own { pub inner: Own_Deep } \
         #[derive(Interface)] pub struct Own_Deep { pub field: Vec<@> }",
        "(x: Own)",
        "Own_Deep.field",
    ),
];

/// Each type with the next one.
pub(crate) fn neighbours() -> Vec<Pair> {
    let mut pairs = Vec::new();
    // Each place with some of them.
    for (at, place) in PLACES.iter().enumerate() {
        let next = TYPES.windows(2).skip(at % 5).step_by(5);
        pairs.extend(next.map(|two| pair(place, two[0], two[1])));
        pairs.push(same(place, TYPES[at]));
    }
    pairs
}

/// Each type with each.
pub(crate) fn every() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (at, one) in TYPES.iter().enumerate() {
        for (step, other) in TYPES[at + 1..].iter().enumerate() {
            pairs.extend(
                PLACES
                    .iter()
                    .skip(step % 3)
                    .step_by(3)
                    .map(|place| pair(place, one, other)),
            );
        }
    }
    pairs
}

fn pair(place: &(&str, &str, &'static str), old: &str, new: &str) -> Pair {
    Pair {
        about: format!("{} {}: {old} / {new}", place.0, place.1),
        old: at(place, old),
        new: at(place, new),
        names: Some(place.2),
    }
}

fn same(place: &(&str, &str, &'static str), ty: &str) -> Pair {
    Pair {
        names: None,
        ..pair(place, ty, ty)
    }
}

fn at((items, signature, _): &(&str, &str, &'static str), ty: &str) -> Source {
    Source::new(items.replace('@', ty), signature.replace('@', ty))
}
