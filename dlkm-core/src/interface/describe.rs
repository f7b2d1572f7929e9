//! Converts types to text and hashes at compile time.
//!
//! The text is part of an image's metadata; the crate `dlkm-metadata` documents its format. The
//! hash of a function covers everything that its text and the text of its types contain, but not
//! where a type is declared.
//!
//! The compiler's interpreter is slow, so most of the work is done once for each type, as a
//! constant of it ([`Shape`]); each function only combines these. It limits how deep calls go too,
//! so what follows types calls itself once for each level of them.

use std::marker::PhantomData;

use super::description::{Crossing, Form, Interface, One, Parts, Type};
use super::fault::{self, Fault};
use super::identity::{MOST_TYPES, Seen, form_number, identity, is_own, mix};
use super::leads::Leads;
use super::lifetimes::Count;
use super::paragraph::{PARAGRAPH, paragraph};
use dlkm_metadata::write::{Place, Text};

/// The maximum number of user-defined types that the functions of one interface use.
const MOST_OF_INTERFACE: usize = 1024;

/// A type's description in its computed form, which no longer depends on the type.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub(super) hash: u64,
    pub(super) lifetimes: Count,
    /// Why it can't cross, whatever the interface.
    pub(super) fault: Option<Fault>,
    /// Whether a value of the type may run code of the image that made it.
    calls_back: bool,
    paragraphs: &'static Paragraphs<MOST_TYPES>,
    /// For an argument or a result: what it contributes to the proof that an image can be unmapped.
    pub(super) leads: Leads,
}

impl Shape {
    pub(super) const fn leading(self, leads: Leads) -> Self {
        Shape { leads, ..self }
    }

    /// The hash of the type.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }
}

/// The shape of `T`.
pub const fn shape<T: Interface>() -> Shape {
    Of::<T>::SHAPE
}

/// Carries the constants of a type.
struct Of<T: ?Sized>(PhantomData<T>);

impl<T: Interface + ?Sized> Of<T> {
    const WALK: Walk = {
        let mut walk = Walk::new();
        walk.hash::<One<T>>(None, 0);
        walk
    };

    const PARAGRAPHS: Paragraphs<MOST_TYPES> = {
        let mut found = Paragraphs::new();
        found.find::<One<T>>();
        found
    };

    const SHAPE: Shape = Shape {
        hash: Self::WALK.hash,
        fault: match Self::PARAGRAPHS.large {
            None => Self::WALK.fault,
            large => large,
        },
        lifetimes: Count::of::<T>(),
        calls_back: {
            let mut seen = Seen::new();
            calls_back::<One<T>>(&mut seen)
        },
        paragraphs: &Self::PARAGRAPHS,
        leads: Leads::HARMLESS,
    };

    /// The text of a user-defined type.
    const PARAGRAPH: &'static Text<PARAGRAPH> = &paragraph::<T>();
}

/// The user-defined types that types consist of.
#[derive(Clone, Copy, Debug)]
struct Paragraphs<const MOST: usize> {
    types: Seen<MOST>,
    texts: [Option<&'static Text<PARAGRAPH>>; MOST],
    /// One whose text is too long.
    large: Option<Fault>,
}

impl<const MOST: usize> Paragraphs<MOST> {
    const fn new() -> Self {
        Paragraphs {
            types: Seen::new(),
            texts: [None; MOST],
            large: None,
        }
    }

    const fn find<P: Parts>(&mut self) {
        match P::COUNT {
            0 => {}
            1 => {
                let ty = <P::This as Interface>::TYPE;
                if !is_own(&ty) || self.add_own::<P::This>(ty.name) {
                    self.find::<<P::This as Interface>::Parts>();
                }
            }
            _ => {
                self.find::<P::Left>();
                self.find::<P::Right>();
            }
        }
    }

    /// Adds a user-defined type; returns whether it was new.
    const fn add_own<T: Interface + ?Sized>(&mut self, name: &'static str) -> bool {
        let text = Of::<T>::PARAGRAPH;
        if text.length() > PARAGRAPH {
            self.large = Some(Fault::Large {
                name,
                length: text.length(),
                most: PARAGRAPH,
            });
        }
        self.add(identity::<T>(), text)
    }

    const fn add_all(&mut self, others: &Paragraphs<MOST_TYPES>) {
        let mut i = 0;
        while i < others.types.count {
            if let Some(text) = others.texts[i] {
                self.add(others.types.types[i], text);
            }
            i += 1;
        }
    }

    /// Adds a type; returns whether it was new.
    const fn add(&mut self, identity: u64, text: &'static Text<PARAGRAPH>) -> bool {
        if self.types.position(identity).is_some() {
            return false;
        }
        let at = self.types.count;
        self.types.add(identity);
        self.texts[at] = Some(text);
        true
    }
}

/// The types of an interface's functions.
#[derive(Clone, Copy, Debug)]
pub struct Signatures {
    /// The types of all arguments and results, each once.
    pub shapes: &'static [Shape],
    /// The functions, in the trait's order.
    pub functions: &'static [Signature],
}

/// A function's name, its type as written, which lifetimes are equal, as a text that is equal if
/// they are, and the indices of the shapes of its arguments and its result. A tuple, because the
/// compiler evaluates it fast: an interface may have many functions.
pub type Signature = (&'static str, &'static str, &'static str, &'static [u16]);

impl Signatures {
    /// Where the functions are in their text, with the hashes of their types. `head` is the text
    /// before the parenthesis: `fn`, or that of another ABI.
    pub const fn declared<const COUNT: usize>(&self, head: &str) -> [Place; COUNT] {
        let head = super::description::digest(head);
        let mut places = [Place {
            name: 0,
            signature: 0,
            hash: 0,
        }; COUNT];
        let (mut i, mut end) = (0, 0);
        while i < COUNT {
            let (name, signature, borrows, shapes) = self.functions[i];
            let types = shapes.len();
            let mut hash = mix(head, types as u64);
            if is_async(signature) {
                hash = mix(hash, super::description::digest("async fn"));
            }
            if let [_, ..] = borrows.as_bytes() {
                hash = mix(hash, super::description::digest(borrows));
            }
            let mut j = 0;
            while j < types {
                let shape = &self.shapes[shapes[j] as usize];
                hash = mix(hash, shape.hash);
                if shape.leads.shielded {
                    hash = mix(hash, super::description::digest("shielded"));
                }
                j += 1;
            }
            let name = end + name.len();
            end = name + signature.len();
            places[i] = Place {
                name: name as u32,
                signature: end as u32,
                hash,
            };
            i += 1;
        }
        places
    }

    /// The length of the functions' text, in bytes.
    pub const fn text_length(&self) -> usize {
        self.put_text::<0>().length()
    }

    /// The functions' names and types; `N` must be [`Signatures::text_length`]. The macros write this
    /// text themselves where they know it: the compiler's interpreter is slow.
    pub const fn text<const N: usize>(&self) -> [u8; N] {
        self.put_text().buffer()
    }

    const fn put_text<const N: usize>(&self) -> Text<N> {
        let mut out = Text::new();
        let mut i = 0;
        while i < self.functions.len() {
            let (name, signature, ..) = self.functions[i];
            out.put(name);
            out.put(signature);
            i += 1;
        }
        out
    }

    /// The length of the types' text, in bytes.
    pub const fn types_length(&self) -> usize {
        put::<0>(self.shapes).length()
    }

    /// The text of the types; `N` must be [`Signatures::types_length`].
    pub const fn types<const N: usize>(&self) -> [u8; N] {
        put(self.shapes).buffer()
    }

    /// Whether a call of the function may run the caller's code, through an argument.
    pub const fn calls_back(&self, function: usize) -> bool {
        let shapes = self.functions[function].3;
        // The last is the result.
        let mut i = 1;
        while i < shapes.len() {
            if self.shapes[shapes[i - 1] as usize].calls_back {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// A text of [`Signatures::text`].
///
/// # Panics
/// It is not UTF-8.
pub const fn utf8(text: &'static [u8]) -> &'static str {
    match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(_) => panic!("names and types are UTF-8"),
    }
}

/// Whether a function's type, as written, is that of an `async fn`.
const fn is_async(signature: &str) -> bool {
    matches!(
        signature.as_bytes(),
        [b'a', b's', b'y', b'n', b'c', b' ', ..]
    )
}

const fn calls_back<P: Parts>(seen: &mut Seen) -> bool {
    match P::COUNT {
        0 => false,
        1 => {
            let ty = &<P::This as Interface>::TYPE;
            if is_own(ty) {
                let identity = identity::<P::This>();
                if seen.position(identity).is_some() {
                    return false;
                }
                seen.add(identity);
            }
            matches!(ty.form, Form::Function | Form::Closure | Form::Object)
                || matches!(ty.crossing, Crossing::Code)
                || calls_back::<<P::This as Interface>::Parts>(seen)
        }
        _ => calls_back::<P::Left>(seen) || calls_back::<P::Right>(seen),
    }
}

const fn put<const N: usize>(shapes: &[Shape]) -> Text<N> {
    let mut shown: Paragraphs<MOST_OF_INTERFACE> = Paragraphs::new();
    let mut i = 0;
    while i < shapes.len() {
        shown.add_all(shapes[i].paragraphs);
        i += 1;
    }
    let mut out = Text::new();
    let mut i = 0;
    while i < MOST_OF_INTERFACE
        && let Some(text) = shown.texts[i]
    {
        out.put_bytes(text.bytes());
        i += 1;
    }
    out
}

/// The hash of a type, and the types it has visited so far.
struct Walk {
    seen: Seen,
    hash: u64,
    fault: Option<Fault>,
}

impl Walk {
    const fn new() -> Self {
        Walk {
            seen: Seen::new(),
            hash: 0,
            fault: None,
        }
    }

    const fn mix(&mut self, word: u64) {
        self.hash = mix(self.hash, word);
    }

    /// Mixes in everything about a type; returns whether its parts are still to come.
    const fn own<T: Interface + ?Sized>(&mut self, ty: &Type) -> bool {
        if is_own(ty) {
            let identity = identity::<T>();
            if let Some(before) = self.seen.position(identity) {
                // Its first position, so that the walk of a recursive type ends.
                self.mix(before as u64);
                return false;
            }
            self.seen.add(identity);
        }
        self.mix(ty.digest);
        self.mix(super::description::digest(ty.repr));
        self.mix(form_number(ty.form));
        // Another compiler may find a niche in a type that both lay out alike.
        let niche = ty.niche && !ty.stable;
        self.mix((ty.size as u64) << 8 | (ty.align as u64) << 1 | niche as u64);
        let mut i = 0;
        while i < ty.variants.len() {
            let variant = &ty.variants[i];
            if let Some(value) = variant.value {
                self.mix(value as u64);
                self.mix((value >> 64) as u64);
            }
            let mut j = 0;
            while j < variant.fields.len() {
                if let Some(offset) = variant.fields[j].offset {
                    self.mix(offset as u64);
                }
                j += 1;
            }
            i += 1;
        }
        self.mix(T::Parts::COUNT as u64);
        true
    }

    /// Mixes in what the tokens of a field's type do not show. (A field can't leave lifetimes out, so
    /// one that shows none has none but `'static`.)
    const fn lifetimes<T: Interface + ?Sized>(&mut self, owner: &Type, at: usize) {
        let (name, written) = fault::field(owner, at);
        match written.unshown(Count::of::<T>()) {
            Some(0) => {}
            Some(hash) => self.mix(hash),
            None => {
                self.fault = Some(Fault::Hides {
                    owner: owner.name,
                    field: name,
                });
            }
        }
    }

    /// Mixes in a list of types. `first` counts the fields of `owner` before these.
    const fn hash<P: Parts>(&mut self, owner: Option<&Type>, first: usize) {
        match P::COUNT {
            0 => {}
            1 => {
                if let Some(owner) = owner {
                    self.lifetimes::<P::This>(owner, first);
                }
                let ty = &<P::This as Interface>::TYPE;
                if self.own::<P::This>(ty) {
                    let owner = if is_own(ty) { Some(ty) } else { None };
                    self.hash::<<P::This as Interface>::Parts>(owner, 0);
                }
            }
            _ => {
                self.hash::<P::Left>(owner, first);
                self.hash::<P::Right>(owner, first + P::Left::COUNT);
            }
        }
    }
}
