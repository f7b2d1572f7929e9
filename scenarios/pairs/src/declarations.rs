//! Declarations of types and traits that differ in one thing.

use crate::classes::pairs as classes;
use crate::{Pair, Source};

/// What it is about, what names a difference, the signature, and the classes. `@` stands for
/// `#[derive(Interface)] pub`, `%` for `#[interface] pub`.
type Group = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static [&'static str]],
);

const GROUPS: &[Group] = &[
    (
        "supertraits",
        "Own: ",
        "(x: &dyn Own)",
        &[
            &[
                "% trait Own: A + B {}",
                "% trait Own: A where Self: B {}",
                "% trait Own where Self: A + B {}",
                "% trait Own where Self: A, Self: B {}",
                "% trait Own: self::A + self::B {}",
            ],
            &[
                "% trait Own: B + A {}",
                "% trait Own: B where Self: A {}",
                "% trait Own where Self: B, Self: A {}",
            ],
            &["% trait Own: A {}", "% trait Own where Self: A {}"],
            &[
                "% trait Own: A + B + C {}",
                "% trait Own: A + B where Self: C {}",
            ],
            &[
                "% trait Own: A + C where Self: B {}",
                "% trait Own: A where Self: C + B {}",
            ],
            &[
                "% trait Own: A + B + Send {}",
                "% trait Own: Send + A + B {}",
                "% trait Own: A where Self: B + Send {}",
            ],
            &["% trait Own: A + B + Sync {}"],
        ],
    ),
    (
        "supertrait's arguments",
        "Own: ",
        "(x: &dyn Own)",
        &[
            &["% trait Own: G<u16> {}"],
            &["% trait Own: G<u8> {}"],
            &["% trait Own: G<u8> + G<u16> {}"],
            &["% trait Own: G<u16> + G<u8> {}"],
        ],
    ),
    (
        "supertrait's lifetimes",
        "Own: ",
        "(x: &dyn Own<'_, '_>)",
        &[
            &[
                "% trait Own<'a, 'b>: L<'a> {}",
                "% trait Own<'x, 'y>: L<'x> {}",
                "% trait Own<'a, 'b> where Self: L<'a> {}",
            ],
            &[
                "% trait Own<'a, 'b>: L<'b> {}",
                "% trait Own<'b, 'a>: L<'a> {}",
            ],
            &["% trait Own<'a, 'b>: L<'static> {}"],
            &[
                "% trait Own<'a, 'b>: for<'c> L<'c> {}",
                "% trait Own<'a, 'b> where for<'x> Self: L<'x> {}",
            ],
        ],
    ),
    (
        "bounds of a trait",
        "Own: bounds",
        "(x: &dyn Own<'_, '_>)",
        &[
            &["% trait Own<'a, 'b> { fn go(&self); }"],
            &[
                "% trait Own<'a, 'b: 'a> { fn go(&self); }",
                "% trait Own<'a, 'b> where 'b: 'a { fn go(&self); }",
            ],
            &["% trait Own<'a: 'b, 'b> { fn go(&self); }"],
            &[
                "% trait Own<'a, 'b> where Self: 'a { fn go(&self); }",
                "% trait Own<'a, 'b>: 'a { fn go(&self); }",
            ],
            &["% trait Own<'a, 'b>: 'b { fn go(&self); }"],
        ],
    ),
    (
        "bounds of a struct",
        "Own",
        "(x: &Own<'_, '_, u8>)",
        &[
            &["@ struct Own<'a, 'b, T> { pub a: &'a u8, pub b: &'b u8, pub t: T }"],
            &[
                "@ struct Own<'a, 'b: 'a, T> { pub a: &'a u8, pub b: &'b u8, pub t: T }",
                "@ struct Own<'a, 'b, T> where 'b: 'a { pub a: &'a u8, pub b: &'b u8, pub t: T }",
                "@ struct Own<'x, 'y, U> where 'y: 'x { pub a: &'x u8, pub b: &'y u8, pub t: U }",
            ],
            &["@ struct Own<'a: 'b, 'b, T> { pub a: &'a u8, pub b: &'b u8, pub t: T }"],
            &["@ struct Own<'a, 'b, T: 'a> { pub a: &'a u8, pub b: &'b u8, pub t: T }"],
            &["@ struct Own<'a, 'b, T: 'b> { pub a: &'a u8, pub b: &'b u8, pub t: T }"],
            &["@ struct Own<'a, 'b, T: 'static> { pub a: &'a u8, pub b: &'b u8, pub t: T }"],
            &[
                "@ struct Own<'a, 'b, T: Copy> { pub a: &'a u8, pub b: &'b u8, pub t: T }",
                "@ struct Own<'a, 'b, T> where T: std::marker::Copy { pub a: &'a u8, pub b: &'b u8, pub t: T }",
            ],
            &["@ struct Own<'b, 'a, T> { pub a: &'a u8, pub b: &'b u8, pub t: T }"],
            &[
                "@ struct Own<'a, 'b, T> { pub a: &'a u8, pub b: &'a u8, pub t: PhantomData<(&'b u8, T)> }",
            ],
        ],
    ),
    (
        "lifetimes of fields",
        "Own.",
        "() -> Result<Own<'static, 'static>, LoadError>",
        &[
            &[
                "@ struct Own<'a, 'b> { pub x: &'a u8, pub y: &'b u8 }",
                "@ struct Own<'p, 'q> { pub x: &'p u8, pub y: &'q u8 }",
            ],
            &["@ struct Own<'a, 'b> { pub x: &'b u8, pub y: &'a u8 }"],
            &[
                "@ struct Own<'a, 'b> { pub x: &'a u8, pub y: &'static u8, pub z: PhantomData<&'b u8> }",
            ],
            &["@ struct Own<'a, 'b> { pub x: &'a &'b u8, pub y: u8 }"],
            &["@ struct Own<'a, 'b> { pub x: &'b &'a u8, pub y: u8 }"],
        ],
    ),
    (
        "lifetimes of variants",
        "Own::",
        "() -> Result<Own<'static, 'static>, LoadError>",
        &[
            &["@ enum Own<'a, 'b> { One(&'a u8), Two { x: &'b u8 } }"],
            &["@ enum Own<'a, 'b> { One(&'b u8), Two { x: &'a u8 } }"],
            &["@ enum Own<'a, 'b> { One(&'a u8), Two { x: &'static u8 }, Three(&'b u8) }"],
        ],
    ),
    (
        "variants",
        "Own",
        "(x: Own)",
        &[
            &[
                "@ enum Own { A, B, C }",
                "@ enum Own { A = 0, B = 1, C = 2 }",
            ],
            &["@ enum Own { B, A, C }"],
            &["@ enum Own { A, B }"],
            &["@ enum Own { A, B, C, D }"],
            &["@ enum Own { A, B, C = 7 }"],
            &["@ enum Own { A, B, E }"],
            &["@ enum Own { A, B, C(u8) }"],
            &["@ enum Own { A, B, C { x: u8 } }"],
            &["#[repr(u8)] @ enum Own { A, B, C }"],
            &["#[repr(i8)] @ enum Own { A, B, C }"],
            &["#[repr(C)] @ enum Own { A, B, C }"],
            &["@ struct Own { pub a: u8 }"],
            &["@ struct Own(pub u8);"],
        ],
    ),
    (
        "fields and repr",
        "Own",
        "(x: Own)",
        &[
            &[
                "@ struct Own { pub a: u16, pub b: u16 }",
                "@ struct Own { pub(crate) a: std::primitive::u16, b: u16 }",
            ],
            &["@ struct Own { pub b: u16, pub a: u16 }"],
            &["@ struct Own { pub a: u16, pub c: u16 }"],
            &["@ struct Own { pub a: u16 }"],
            &["@ struct Own { pub a: u16, pub b: u16, pub c: () }"],
            &["@ struct Own(pub u16, pub u16);"],
            &[
                "#[repr(C)] @ struct Own { pub a: u16, pub b: u16 }",
                "#[repr(C)] #[allow(unused)] @ struct Own { pub a: u16, pub b: u16 }",
            ],
            &["#[repr(C, align(4))] @ struct Own { pub a: u16, pub b: u16 }"],
            &["#[repr(align(4))] @ struct Own { pub a: u16, pub b: u16 }"],
        ],
    ),
    (
        "generics",
        "Own.inner: ",
        "(x: &Own)",
        &[
            &["@ struct Own_One<T> { pub t: T } @ struct Own { pub inner: Own_One<u8> }"],
            &["@ struct Own_Two<T> { pub t: T } @ struct Own { pub inner: Own_Two<u8> }"],
            &["@ struct Own_One<T> { pub t: T } @ struct Own { pub inner: Own_One<u16> }"],
            &[
                "@ struct Own_One<const N: usize> { pub t: [u8; N] } @ struct Own { pub inner: Own_One<1> }",
            ],
        ],
    ),
    (
        "parameters of fields",
        "Own",
        "<'a, 'b>(x: &'a u8, y: &'b u8) -> Result<Own<&'a u8, &'b u8>, LoadError>",
        &[
            &[
                "@ struct Own<T, U> { pub x: T, pub y: U }",
                "@ struct Own<U, T> { pub x: U, pub y: T }",
            ],
            &["@ struct Own<T, U> { pub x: U, pub y: T }"],
            &["@ struct Own<T, U> { pub x: T, pub y: T, pub z: PhantomData<U> }"],
            &["@ struct Own<T, U> { pub x: T, pub y: &'static u8, pub z: PhantomData<U> }"],
            &["@ struct Own<T, U> { pub x: T, pub y: PhantomData<U> }"],
        ],
    ),
    (
        "what belongs to a parameter",
        "Own",
        "(x: Own<(&u8, &u8)>)",
        &[
            &[
                "@ struct Own<T: Split> { pub x: T::One }",
                "@ struct Own<U> where U: Split { pub x: U::One }",
            ],
            &["@ struct Own<T: Split> { pub x: T::Two }"],
        ],
    ),
    (
        "parameters of methods",
        "Own",
        "<'a, 'b>(x: &dyn Own<&'a u8, &'b u8>)",
        &[
            &[
                "% trait Own<T, U> { fn go(&self, x: T, y: U); }",
                "% trait Own<U, T> { fn go(&self, x: U, y: T); }",
            ],
            &["% trait Own<T, U> { fn go(&self, x: U, y: T); }"],
            &["% trait Own<T, U> { fn go(&self, x: U, y: U); }"],
        ],
    ),
    (
        "parameters of supertraits",
        "Own",
        "<'a, 'b>(x: &dyn Own<&'a u8, &'b u8>)",
        &[
            &["% trait Own<T, U>: G<T> {}", "% trait Own<U, T>: G<U> {}"],
            &["% trait Own<T, U>: G<U> {}"],
            &["% trait Own<T, U>: G<T> + G<U> {}"],
        ],
    ),
    (
        "fields with aliases",
        "Own.x",
        "(x: &u8) -> Result<Own<'_>, LoadError>",
        &[
            &[
                "@ struct Own<'a> { pub x: (Name, Text<'a>) }",
                "@ struct Own<'b> { pub x: (Name, Text<'b>) }",
            ],
            &["@ struct Own<'a> { pub x: (Text<'a>, Name) }"],
            &["@ struct Own<'a> { pub x: Both<'a> }"],
            &["@ struct Own<'a> { pub x: (&'a u8, Both<'a>) }"],
        ],
    ),
    (
        "methods",
        "Own",
        "(x: &mut dyn Own)",
        &[
            &[
                "% trait Own { fn a(&self); fn b(&self); }",
                "% trait Own { fn a(&self) {} fn b<'a>(&'a self); fn c() where Self: Sized; }",
            ],
            &["% trait Own { fn b(&self); fn a(&self); }"],
            &["% trait Own { fn a(&mut self); fn b(&self); }"],
            &["% trait Own { fn a(self: Box<Self>); fn b(&self); }"],
            &["% trait Own { fn a(&self) -> u8; fn b(&self); }"],
            &["% trait Own { unsafe fn a(&self); fn b(&self); }"],
            &["% trait Own { extern \"C\" fn a(&self); fn b(&self); }"],
            &["% trait Own { fn a(&self); }"],
            &["% trait Own { fn a(&self); fn c(&self); }"],
        ],
    ),
    (
        "types of one macro",
        "Block.field: u",
        "() -> Result<(<Own as Pick<0>>::Type, <Own as Pick<1>>::Type), LoadError>",
        &[
            &["two! { Own, u8, u16 }"],
            &["two! { Own, u8, u32 }"],
            &["two! { Own, u16, u8 }"],
        ],
    ),
];

/// What the declarations refer to.
pub(crate) const ITEMS: &str = "
    #[interface] pub trait A { fn a(&self); }
    #[interface] pub trait B { fn b(&self); }
    #[interface] pub trait C { fn c(&self); }
    #[interface] pub trait G<T> { fn g(&self, x: T); }
    #[interface] pub trait L<'a> { fn l(&self, x: &'a u8); }
    pub trait Split { type One; type Two; }
    impl<'a, 'b> Split for (&'a u8, &'b u8) { type One = &'a u8; type Two = &'b u8; }
    pub trait Pick<const N: usize> { type Type; }
    // Types of one name, path, line and column.
    macro_rules! two {
        ($own:ident, $one:ty, $other:ty) => {
            pub struct $own;
            two! { : $own 0 $one }
            two! { : $own 1 $other }
        };
        (: $own:ident $n:literal $field:ty) => {
            const _: () = {
                #[derive(Interface)]
                pub struct Block { pub field: $field }
                impl Pick<$n> for $own { type Type = Block; }
            };
        };
    }
";

pub(crate) fn pairs(all: bool) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (about, names, signature, group) in GROUPS {
        pairs.extend(classes(all, about, names, group, |one| {
            let item = one
                .replace('@', "#[derive(Interface)] pub")
                .replace('%', "#[interface] pub");
            Source::new(item, *signature)
        }));
    }
    pairs
}
