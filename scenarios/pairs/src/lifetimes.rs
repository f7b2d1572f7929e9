//! Signatures that differ in their lifetimes only.

use crate::classes::pairs as classes;
use crate::{Pair, Source};

/// Of functions without a receiver, for stubs, function pointers and callbacks. `#` stands for
/// `fn f`, `fn` or `Fn`.
const FUNCTIONS: &[&[&[&str]]] = &[
    &[
        &[
            "<'a>(&'a str, &str) -> &'a str",
            "<'x, 'y>(&'x str, &'y str) -> &'x str",
        ],
        &[
            "<'a>(&str, &'a str) -> &'a str",
            "<'b, 'a>(&'a str, &'b str) -> &'b str",
        ],
        &["<'a>(&'a str, &'a str) -> &'a str"],
        &[
            "(&str, &str) -> &'static str",
            "<'a>(&'a str, &str) -> &'static str",
        ],
    ],
    &[
        &[
            "(&str) -> &str",
            "<'a>(&'a str) -> &'a str",
            "<'a>(&'a str) -> &'_ str",
        ],
        &["(&str) -> &'static str"],
    ],
    &[
        &[
            "(&mut Vec<&u8>, &u8)",
            "<'a, 'b>(&mut Vec<&'a u8>, &'b u8)",
            "<'c>(&'c mut Vec<&u8>, &u8)",
        ],
        &[
            "<'a>(&mut Vec<&'a u8>, &'a u8)",
            "<'q, 'a>(&'a mut Vec<&'q u8>, &'q u8)",
        ],
        &["<'a>(&'a mut Vec<&'a u8>, &u8)"],
        &["<'a>(&'a mut Vec<&u8>, &'a u8)"],
        &["<'a>(&'a mut Vec<&'a u8>, &'a u8)"],
    ],
    &[
        &[
            "<'a, 'b>(Two<'a, 'b>) -> &'a u8",
            "<'b, 'a>(Two<'b, 'a>) -> &'b u8",
        ],
        &[
            "<'a, 'b>(Two<'a, 'b>) -> &'b u8",
            "<'a>(Two<'_, 'a>) -> &'a u8",
        ],
        &["<'a>(Two<'a, 'a>) -> &'a u8"],
        &[
            "<'a, 'b>(Two<'a, 'b>) -> &'static u8",
            "(Two<'_, '_>) -> &'static u8",
        ],
    ],
    &[
        &["(&(dyn Goes + '_))", "<'a, 'b>(&'a (dyn Goes + 'b))"],
        &["(&dyn Goes)", "<'a>(&'a (dyn Goes + 'a))"],
    ],
    &[
        &[
            "(&dyn Fn(&u8, &u8))",
            "(&dyn for<'a> Fn(&'a u8, &u8))",
            "(&dyn for<'b, 'a> Fn(&'a u8, &'b u8))",
        ],
        &["(&dyn for<'a> Fn(&'a u8, &'a u8))"],
        &["<'a>(&dyn Fn(&'a u8, &u8))"],
        &["<'a>(&dyn Fn(&u8, &'a u8))"],
        &["<'a>(&dyn Fn(&'a u8, &'a u8))"],
        &["<'a, 'b>(&dyn Fn(&'a u8, &'b u8))"],
        &["<'a>(&'a dyn Fn(&'a u8, &u8))"],
    ],
    &[
        &[
            "(&dyn for<'a, 'b> Fn(&'a u8, &'b u8) -> &'a u8)",
            "(&dyn for<'a> Fn(&'a u8, &u8) -> &'a u8)",
        ],
        &[
            "(&dyn for<'a, 'b> Fn(&'a u8, &'b u8) -> &'b u8)",
            "(&dyn for<'b> Fn(&u8, &'b u8) -> &'b u8)",
        ],
        &["(&dyn for<'a> Fn(&'a u8, &'a u8) -> &'a u8)"],
        &["<'s>(&dyn for<'a> Fn(&'a u8, &'s u8) -> &'s u8)"],
    ],
    &[
        &[
            "(&dyn Fn(&dyn Fn(&u8)))",
            "(&dyn Fn(&dyn for<'a> Fn(&'a u8)))",
        ],
        &["(&dyn for<'a> Fn(&dyn Fn(&'a u8)))"],
        &["(&dyn for<'a> Fn(&'a dyn Fn(&'a u8)))"],
        &["<'a>(&dyn Fn(&dyn Fn(&'a u8)))"],
    ],
];

/// Of stubs, with aliases.
const ALIASES: &[&[&[&str]]] = &[
    &[
        &[
            "(&str) -> &'static str",
            "(&str) -> Name",
            "<'a>(Text<'a>) -> Name",
        ],
        &[
            "(&str) -> &str",
            "(&str) -> Text<'_>",
            "(Text<'_>) -> &str",
            "<'a>(Text<'a>) -> Text<'a>",
        ],
    ],
    &[
        &["(&u8) -> Vec<&'static str>", "(&u8) -> Vec<Name>"],
        &["<'a>(&'a u8) -> Vec<&'a str>", "(&u8) -> Vec<Text<'_>>"],
    ],
    &[
        &[
            "<'a>(Both<'a>) -> &'a str",
            "(Both<'_>) -> &str",
            "<'b>(self::Both<'b>) -> Text<'b>",
        ],
        &["<'a>((&'a str, &str)) -> &'a str"],
        &["<'a>((&str, &'a str)) -> &'a str"],
        &["(Both<'_>) -> &'static str", "(Both<'_>) -> Name"],
        &["(&str) -> Both<'_>"],
        &["<'a>(&'a str) -> (&'a str, Name)"],
        &["<'a>(&'a str) -> (Name, &'a str)"],
    ],
    &[
        &["(&dyn Goes)"],
        &["(&Bare)", "(&self::Bare)"],
        &["(&mut Bare)"],
    ],
    &[&["(Lent<'_>)", "<'a>(Lent<'a>)"], &["(&Bare)"]],
    &[
        &["((&u8, Name))", "<'a>((&'a u8, Name))"],
        &["((&u8, Text<'_>))", "((&u8, &str))"],
        &["<'a>((&'a u8, Text<'a>))", "<'a>((&'a u8, &'a str))"],
        &["<'a>((&'a u8, Both<'a>))"],
        &["((&u8, Both<'_>))"],
    ],
    &[
        &[
            "<'a>(Twin<&'a u8>, &u8) -> &'a u8",
            "<'b>(Twin<&'b u8>, &u8) -> &'b u8",
        ],
        &["<'a>(Twin<&u8>, &'a u8) -> &'a u8"],
        &["<'a>(Twin<&'a u8>, &'a u8) -> &'a u8"],
    ],
    &[
        &["(&dyn Fn(Both<'_>))", "(&dyn for<'a> Fn(Both<'a>))"],
        &["<'a>(&dyn Fn(Both<'a>))"],
        &["(&dyn Fn((&str, &str)))"],
    ],
    &[
        &["(&u8) -> Holds<'_, dyn Fn(&u8)>"],
        &["(&u8) -> Hold<'_, dyn Fn(&u8)>"],
        &["<'a>(&'a u8) -> Hold<'a, dyn Fn(&u8) + 'a>"],
    ],
    &[
        &[
            "(&u8) -> Holds<'_, dyn Goes>",
            "<'a>(&'a u8) -> self::Holds<'a, dyn Goes>",
        ],
        &["(&u8) -> Hold<'_, dyn Goes>"],
        &["<'a>(&'a u8) -> Hold<'a, dyn Goes + 'a>"],
        &["<'a>(&'a u8) -> Hold<'a, dyn Goes + 'static>"],
    ],
    &[&["(Call<'_>)", "<'a>(Call<'a>)"], &["(&dyn Fn(i8))"]],
];

/// Of methods.
const METHODS: &[&[&[&str]]] = &[
    &[
        &[
            "(&self, x: &str) -> &str",
            "<'a>(&'a self, x: &str) -> &'a str",
            "<'a>(self: &'a Self, x: &str) -> &'a str",
        ],
        &["<'a>(&self, x: &'a str) -> &'a str"],
        &["<'a>(&'a self, x: &'a str) -> &'a str"],
        &["(&self, x: &str) -> &'static str"],
        &["(&self, x: &'t str) -> &str"],
        &["(&self, x: &str) -> &'t str"],
        &[
            "(&'t self, x: &str) -> &'t str",
            "(&'t self, x: &str) -> &str",
        ],
    ],
    &[
        &["(&mut self, x: &u8)", "<'a, 'b>(&'a mut self, x: &'b u8)"],
        &["<'a>(&'a mut self, x: &'a u8)"],
        &[
            "<'a, 'b: 'a>(&'a mut self, x: &'b u8)",
            "<'a, 'b>(&'a mut self, x: &'b u8) where 'b: 'a",
        ],
        &["<'a: 'b, 'b>(&'a mut self, x: &'b u8)"],
        &["(&mut self, x: &'t u8)"],
        &["(&'t mut self, x: &u8)"],
    ],
    &[
        &["(&self, x: &dyn for<'a> Fn(&'a u8, &u8) -> &'a u8)"],
        &["(&self, x: &dyn for<'a> Fn(&u8, &'a u8) -> &'a u8)"],
        &["(&self, x: &dyn Fn(&u8, &u8) -> &'t u8)"],
    ],
];

/// What the signatures refer to.
pub(crate) const ITEMS: &str = "
    #[derive(Interface)] pub struct Two<'a, 'b> { pub a: &'a u8, pub b: &'b u8 }
    pub type Name = &'static str;
    pub type Text<'a> = &'a str;
    pub type Both<'a> = (&'a str, &'a str);
    pub type Twin<T> = (T, T);
    pub type Bare = dyn Goes;
    pub type Lent<'a> = &'a dyn Goes;
    #[derive(Interface)] pub struct Hold<'a, T: ?Sized> { pub a: &'a u8, pub t: PhantomData<T> }
    pub type Holds<'a, T: ?Sized + 'a> = Hold<'a, T>;
    pub type Call<'a> = &'a dyn Fn(u8);
    #[interface] pub trait Goes { fn go(&self); }
";

pub(crate) fn pairs(all: bool) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for group in FUNCTIONS {
        pairs.extend(classes(all, "stub", "f: ", group, |one| {
            let (head, result) = split(one);
            Source::new("", with_result(&named(head), result))
        }));
        pairs.extend(classes(all, "function pointer", "f: ", group, |one| {
            let ty = of_pointer(one, "fn");
            Source::new("", format!("() -> Result<{ty}, LoadError>"))
        }));
        pairs.extend(classes(all, "callback", "f: ", group, |one| {
            let ty = of_pointer(one, "Fn");
            Source::new("", format!("() -> Result<Box<dyn {ty}>, LoadError>"))
        }));
        pairs.extend(classes(
            all,
            "callback in a callback",
            "f: ",
            group,
            |one| {
                let ty = of_pointer(one, "Fn");
                let ty = format!("Box<dyn FnMut() -> Box<dyn {ty}>>");
                Source::new("", format!("() -> Result<{ty}, LoadError>"))
            },
        ));
        pairs.extend(classes(all, "field", "Own.call", group, |one| {
            let ty = of_pointer(one, "fn");
            let holder = format!("#[derive(Interface)] pub struct Own {{ pub call: {ty} }}");
            Source::new(holder, "() -> Result<Own, LoadError>")
        }));
    }
    for group in ALIASES {
        pairs.extend(classes(all, "alias", "f: ", group, |one| {
            let (head, result) = split(one);
            Source::new("", with_result(&named(head), result))
        }));
    }
    for group in METHODS {
        pairs.extend(classes(all, "method", "Own::method", group, |one| {
            let object = format!("#[interface] pub trait Own<'t> {{ fn method{one}; }}");
            Source::new(object, "() -> Result<Box<dyn Own<'static>>, LoadError>")
        }));
    }
    pairs
}

/// `for<'a> fn(&'a u8)` for `<'a>(&'a u8)`.
fn of_pointer(function: &str, word: &str) -> String {
    match function.split_once(">(") {
        Some((generics, rest)) if function.starts_with('<') => {
            format!("for{generics}> {word}({rest}")
        }
        _ => format!("{word}{function}"),
    }
}

/// The text before the parenthesis that closes the arguments, and the result.
fn split(function: &str) -> (&str, &str) {
    let mut depth = 0;
    let close = function.char_indices().find(|(_, sign)| {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        *sign == ')' && depth == 0
    });
    let (head, rest) = function.split_at(close.map_or(0, |(at, _)| at));
    (head, rest[1..].strip_prefix(" -> ").unwrap_or_default())
}

/// Gives each argument a name. `head` ends before the parenthesis that closes them.
fn named(head: &str) -> String {
    let (generics, args) = head.split_at(head.find('(').unwrap_or_default());
    let mut depth = 0;
    let mut out = format!("{generics}(x0: ");
    let mut count = 0;
    for sign in args[1..].chars() {
        match sign {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            _ => {}
        }
        out.push(sign);
        if sign == ',' && depth == 0 {
            count += 1;
            out.push_str(&format!(" x{count}:"));
        }
    }
    out + ")"
}

fn with_result(head: &str, result: &str) -> String {
    match result {
        "" => head.to_owned(),
        result => format!("{head} -> Result<{result}, LoadError>"),
    }
}
