//! The types of generated functions, and how code makes a value of each and takes it apart.

use fastrand::Rng;

/// A lifetime, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// Left out.
    Elided,
    /// `'a` of the function.
    A,
    /// `'b` of the function.
    B,
    /// `'x` of a `for<'x>`.
    Bound,
    /// `'static`
    Static,
}

impl Life {
    /// After a `&`, with the space.
    fn of_reference(self) -> &'static str {
        match self {
            Life::Elided => "",
            Life::A => "'a ",
            Life::B => "'b ",
            Life::Bound => "'x ",
            Life::Static => "'static ",
        }
    }

    /// As an argument of a type.
    fn of_type(self) -> &'static str {
        match self {
            Life::Elided => "'_",
            other => other.of_reference().trim_ascii(),
        }
    }
}

/// What a reference to a static of an image leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    Str,
    Bytes,
    Number,
}

/// A trait object of the prelude or of std, without its pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Source,
    Above,
    Sink,
    Filler,
    Named,
    Listener,
    Chooser,
    IoWrite,
    FmtWrite,
    IoRead,
    IoBufRead,
    IoSeek,
    Display,
    Error,
}

const OBJECTS: [Object; 14] = [
    Object::Source,
    Object::Above,
    Object::Sink,
    Object::Filler,
    Object::Named,
    Object::Listener,
    Object::Chooser,
    Object::IoWrite,
    Object::FmtWrite,
    Object::IoRead,
    Object::IoBufRead,
    Object::IoSeek,
    Object::Display,
    Object::Error,
];

impl Object {
    fn name(self, life: Life) -> String {
        let life = life.of_type();
        match self {
            Object::Source => format!("Source<{life}>"),
            Object::Above => format!("Above<{life}>"),
            Object::Sink => format!("Sink<{life}>"),
            Object::Filler => format!("Filler<{life}>"),
            Object::Named => "Named".to_owned(),
            Object::Listener => "Listener".to_owned(),
            Object::Chooser => "Chooser".to_owned(),
            Object::IoWrite => "io::Write".to_owned(),
            Object::FmtWrite => "fmt::Write".to_owned(),
            Object::IoRead => "io::Read".to_owned(),
            Object::IoBufRead => "io::BufRead".to_owned(),
            Object::IoSeek => "io::Seek".to_owned(),
            Object::Display => "fmt::Display".to_owned(),
            Object::Error => "std::error::Error".to_owned(),
        }
    }
}

/// A closure's arguments and result.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) binder: bool,
    pub(crate) args: Vec<Ty>,
    pub(crate) result: Option<Box<Ty>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Ty {
    Leaf(Life, Leaf),
    Ref(Life, Box<Ty>),
    RefMut(Life, Box<Ty>),
    Slice(Life, Box<Ty>),
    Option(Box<Ty>),
    Vec(Box<Ty>),
    Box(Box<Ty>),
    Array(Box<Ty>),
    Tuple(Box<Ty>),
    /// `&Cell<T>`
    Cell(Life, Box<Ty>),
    Wrap(Box<Ty>),
    Fixed(Box<Ty>),
    Pair(Life),
    Token(Life),
    Mark(Life),
    /// `Text`, which is `&'static str`.
    Text,
    TextOf(Life),
    Texts(Life),
    /// `&mut dyn FnMut`
    FnMut(Life, Call),
    /// `&mut dyn Trait<'_>`: the reference's lifetime, and the trait's.
    Object(Life, Object, Life),
    /// `&mut dyn Iterator<Item = T>`
    Iterator(Life, Box<Ty>),
    /// `Held<Box<dyn Trait<'static>>>`
    HeldObject(Object),
    HeldIterator(Box<Ty>),
    HeldFn(Call),
    HeldLeaf(Leaf),
}

/// Which lifetimes may be written at a place.
#[derive(Clone, Copy)]
struct Place {
    /// How many levels of types may follow.
    depth: usize,
    bound: bool,
    /// Whether it is in a callback, where other callbacks would make the code hard to read.
    inside: bool,
    result: bool,
}

/// The readers and writers, which exports put a shield in front of.
const STREAMS: [Object; 5] = [
    Object::IoWrite,
    Object::FmtWrite,
    Object::IoRead,
    Object::IoBufRead,
    Object::IoSeek,
];

/// The names of the readers and writers.
pub(crate) fn streams() -> impl Iterator<Item = String> {
    STREAMS.into_iter().map(|one| one.name(Life::Static))
}

/// A type for an argument.
pub(crate) fn argument(rng: &mut Rng) -> Ty {
    if rng.u8(0..5) == 0 {
        let stream = STREAMS[rng.usize(0..STREAMS.len())];
        return Ty::Object(Life::Elided, stream, Life::Elided);
    }
    let depth = rng.usize(1..4);
    any(
        rng,
        Place {
            depth,
            bound: false,
            inside: false,
            result: false,
        },
    )
}

/// A type for a result.
pub(crate) fn result(rng: &mut Rng) -> Ty {
    let depth = rng.usize(0..3);
    any(
        rng,
        Place {
            depth,
            bound: false,
            inside: false,
            result: true,
        },
    )
}

fn life(rng: &mut Rng, place: Place) -> Life {
    // Left out, a result's lifetime is usually ambiguous.
    let first = if place.result { 6 } else { 0 };
    match rng.u8(first..20) {
        0..8 => Life::Elided,
        8..12 if place.bound => Life::Bound,
        8..16 => Life::A,
        16..19 => Life::B,
        _ => Life::Static,
    }
}

fn leaf(rng: &mut Rng) -> Leaf {
    match rng.u8(0..4) {
        0 => Leaf::Bytes,
        1 => Leaf::Number,
        _ => Leaf::Str,
    }
}

fn any(rng: &mut Rng, place: Place) -> Ty {
    let life = life(rng, place);
    if place.depth == 0 {
        return match rng.u8(0..10) {
            0 => Ty::Pair(life),
            1 => Ty::Text,
            2 => Ty::TextOf(life),
            3 => Ty::Texts(life),
            4 => Ty::Token(life),
            5 if place.inside => Ty::Mark(life),
            _ => Ty::Leaf(life, leaf(rng)),
        };
    }
    let inner = |rng: &mut Rng| {
        let depth = place.depth - 1;
        Box::new(any(rng, Place { depth, ..place }))
    };
    match rng.u8(0..26) {
        0..3 => Ty::Ref(life, inner(rng)),
        3..6 => Ty::RefMut(life, inner(rng)),
        6 => Ty::Slice(life, inner(rng)),
        7 => Ty::Option(inner(rng)),
        8 => Ty::Vec(inner(rng)),
        9 => Ty::Box(inner(rng)),
        10 => Ty::Array(inner(rng)),
        11 => Ty::Tuple(inner(rng)),
        12 => Ty::Cell(life, inner(rng)),
        13 => Ty::Wrap(inner(rng)),
        14 => Ty::Fixed(inner(rng)),
        15..19 if !place.inside && !place.result => Ty::FnMut(life, call(rng)),
        19..22 if !place.result => {
            let trait_life = self::life(rng, place);
            Ty::Object(life, OBJECTS[rng.usize(0..OBJECTS.len())], trait_life)
        }
        22 if !place.result => Ty::Iterator(life, inner(rng)),
        23 if !place.inside => Ty::HeldObject(OBJECTS[rng.usize(0..OBJECTS.len())]),
        24 if !place.inside => Ty::HeldIterator(inner(rng)),
        25 if !place.inside && rng.bool() => Ty::HeldFn(call(rng)),
        25 if !place.inside => Ty::HeldLeaf(leaf(rng)),
        _ => Ty::Leaf(life, leaf(rng)),
    }
}

fn call(rng: &mut Rng) -> Call {
    let binder = rng.u8(0..3) == 0;
    let place = |rng: &mut Rng, result| Place {
        depth: rng.usize(0..2),
        bound: binder,
        inside: true,
        result,
    };
    let mut args = Vec::new();
    for _ in 0..rng.usize(1..3) {
        let place = place(rng, false);
        args.push(any(rng, place));
    }
    let result = (rng.u8(0..3) == 0).then(|| {
        let place = place(rng, true);
        Box::new(any(rng, place))
    });
    Call {
        binder,
        args,
        result,
    }
}

impl Ty {
    /// The type as written in a signature.
    pub(crate) fn text(&self) -> String {
        match self {
            Ty::Leaf(life, Leaf::Str) => format!("&{}str", life.of_reference()),
            Ty::Leaf(life, Leaf::Bytes) => format!("&{}[u8]", life.of_reference()),
            Ty::Leaf(life, Leaf::Number) => format!("&{}u8", life.of_reference()),
            Ty::Ref(life, ty) => format!("&{}{}", life.of_reference(), ty.text()),
            Ty::RefMut(life, ty) => format!("&{}mut {}", life.of_reference(), ty.text()),
            Ty::Slice(life, ty) => format!("&{}[{}]", life.of_reference(), ty.text()),
            Ty::Option(ty) => format!("Option<{}>", ty.text()),
            Ty::Vec(ty) => format!("Vec<{}>", ty.text()),
            Ty::Box(ty) => format!("Box<{}>", ty.text()),
            Ty::Array(ty) => format!("[{}; 1]", ty.text()),
            Ty::Tuple(ty) => format!("({}, u8)", ty.text()),
            Ty::Cell(life, ty) => {
                format!("&{}std::cell::Cell<{}>", life.of_reference(), ty.text())
            }
            Ty::Wrap(ty) => format!("Wrap<{}>", ty.text()),
            Ty::Fixed(ty) => format!("Fixed<{}>", ty.text()),
            Ty::Pair(life) => format!("Pair<{}>", life.of_type()),
            Ty::Token(life) => format!("Token<{}>", life.of_type()),
            Ty::Mark(life) => format!("Mark<{}>", life.of_type()),
            Ty::Text => "Text".to_owned(),
            Ty::TextOf(life) => format!("TextOf<{}>", life.of_type()),
            Ty::Texts(life) => format!("Texts<{}>", life.of_type()),
            Ty::FnMut(life, call) => {
                format!("&{}mut dyn {}", life.of_reference(), call.text("FnMut"))
            }
            Ty::Object(life, object, of) => {
                format!("&{}mut dyn {}", life.of_reference(), object.name(*of))
            }
            Ty::Iterator(life, item) => format!(
                "&{}mut dyn Iterator<Item = {}>",
                life.of_reference(),
                item.text()
            ),
            Ty::HeldObject(object) => {
                format!("Held<Box<dyn {}>>", object.name(Life::Static))
            }
            Ty::HeldIterator(item) => {
                format!("Held<Box<dyn Iterator<Item = {}>>>", item.text())
            }
            Ty::HeldFn(call) => format!("Held<Box<dyn {}>>", call.text("Fn")),
            Ty::HeldLeaf(leaf) => format!("Held<{}>", Ty::Leaf(Life::Static, *leaf).text()),
        }
    }
}

impl Call {
    fn text(&self, kind: &str) -> String {
        let binder = if self.binder { "for<'x> " } else { "" };
        let args: Vec<_> = self.args.iter().map(Ty::text).collect();
        let result = match &self.result {
            Some(ty) => format!(" -> {}", ty.text()),
            None => String::new(),
        };
        format!("{binder}{kind}({}){result}", args.join(", "))
    }
}
