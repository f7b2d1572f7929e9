//! From types to text and hash, while compiling.
//!
//! The text is part of an image's metadata; `crate::metadata` says how it reads. The hash of
//! a function is one of all that its text and the text of its types say, except where a type
//! is declared.

use super::text::Text;
use super::{Form, Interface, Parts, Type};
use crate::declaration::Function;

/// The most types of one's own that a function may reach.
const MOST_TYPES: usize = 256;

/// What an interface's functions look like: `COUNT` functions, with room for the text of the
/// functions and of the types they use.
#[derive(Debug)]
pub struct Description<const COUNT: usize, const EXPORTS: usize, const TYPES: usize> {
    functions: [Function; COUNT],
    done: usize,
    exports: Text<EXPORTS>,
    types: Text<TYPES>,
    /// Where the current function's hash goes in `exports`.
    place: usize,
    arguments: usize,
    /// The types that `types` shows, and those that the current function's hash has.
    shown: Seen,
    hashed: Seen,
    hash: u64,
}

/// Types by their identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    types: [u64; MOST_TYPES],
    count: usize,
}

impl Seen {
    pub(super) const fn new() -> Self {
        Seen {
            types: [0; MOST_TYPES],
            count: 0,
        }
    }

    pub(super) const fn position(&self, identity: u64) -> Option<usize> {
        let mut i = 0;
        while i < self.count {
            if self.types[i] == identity {
                return Some(i);
            }
            i += 1;
        }
        None
    }

    pub(super) const fn add(&mut self, identity: u64) {
        assert!(
            self.count < MOST_TYPES,
            "an interface may use up to 256 types of its own; does one of them contain itself \
             with ever other arguments?"
        );
        self.types[self.count] = identity;
        self.count += 1;
    }
}

impl<const COUNT: usize, const EXPORTS: usize, const TYPES: usize>
    Description<COUNT, EXPORTS, TYPES>
{
    /// Nothing yet. For each function, [`function`](Self::function) comes first, then its
    /// arguments, then the result.
    pub const fn new() -> Self {
        Description {
            functions: [Function { name: "", hash: 0 }; COUNT],
            done: 0,
            exports: Text::new(),
            types: Text::new(),
            place: 0,
            arguments: 0,
            shown: Seen::new(),
            hashed: Seen::new(),
            hash: 0,
        }
    }

    /// Begins the next function; `head` stands before the bracket: `fn`, or another ABI's.
    pub const fn function(&mut self, name: &'static str, head: &str) {
        self.functions[self.done].name = name;
        self.exports.put("export=");
        self.exports.put(name);
        self.exports.put(" ");
        self.place = self.exports.length();
        self.exports.put("................: ");
        self.exports.put(head);
        self.exports.put("(");
        self.arguments = 0;
        self.hashed.count = 0;
        self.hash = super::digest(head);
    }

    /// The next argument.
    pub const fn argument<T: Interface>(&mut self) {
        if self.arguments > 0 {
            self.exports.put(", ");
        }
        self.arguments += 1;
        self.value::<T>();
    }

    /// The result, which ends the function.
    pub const fn result<T: Interface>(&mut self) {
        self.exports.put(")");
        self.mix(self.arguments as u64);
        if is_unit::<T>() {
            self.hash::<T>();
        } else {
            self.exports.put(" -> ");
            self.value::<T>();
        }
        self.exports.put("\0");
        self.exports.overwrite_hex(self.place, self.hash);
        self.functions[self.done].hash = self.hash;
        self.done += 1;
    }

    /// The functions' names and hashes.
    pub const fn functions(&self) -> &[Function; COUNT] {
        &self.functions
    }

    /// How long the functions' text is, or would be.
    pub const fn exports_length(&self) -> usize {
        self.exports.length()
    }

    /// How long the types' text is, or would be.
    pub const fn types_length(&self) -> usize {
        self.types.length()
    }

    /// The whole text: `WHOLE` is both lengths together.
    pub const fn text<const WHOLE: usize>(&self) -> [u8; WHOLE] {
        let mut text = Text::<WHOLE>::new();
        text.put_bytes(self.exports.bytes());
        text.put_bytes(self.types.bytes());
        *text.bytes()
    }

    const fn value<T: Interface + ?Sized>(&mut self) {
        name::<T, EXPORTS>(&mut self.exports);
        self.hash::<T>();
        self.show::<T>();
    }

    const fn mix(&mut self, word: u64) {
        self.hash = mix(self.hash, word);
    }

    /// Mixes all there is to know of a type into the function's hash.
    const fn hash<T: Interface + ?Sized>(&mut self) {
        let ty = T::TYPE;
        if is_own(&ty) {
            let identity = identity::<T>();
            if let Some(before) = self.hashed.position(identity) {
                // Where it was first, so that a recursive type comes to an end.
                self.mix(before as u64);
                return;
            }
            self.hashed.add(identity);
        }
        self.mix(ty.digest);
        self.mix(super::digest(ty.repr));
        self.mix(form_number(ty.form));
        self.mix((ty.size as u64) << 8 | (ty.align as u64) << 1 | ty.niche as u64);
        let mut i = 0;
        while i < ty.variants.len() {
            let variant = &ty.variants[i];
            if let Some(value) = variant.value {
                self.mix(value as u64);
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
        self.hash_all::<T::Parts>();
    }

    const fn hash_all<P: Parts>(&mut self) {
        match P::COUNT {
            0 => {}
            1 => self.hash::<P::This>(),
            _ => {
                self.hash_all::<P::Left>();
                self.hash_all::<P::Right>();
            }
        }
    }

    /// Writes the text of a type of the author's own, and of all that it is made of.
    const fn show<T: Interface + ?Sized>(&mut self) {
        let ty = T::TYPE;
        if is_own(&ty) {
            let identity = identity::<T>();
            if self.shown.position(identity).is_some() {
                return;
            }
            self.shown.add(identity);
            let out = &mut self.types;
            out.put("type=");
            out.put(match ty.form {
                Form::Enum => "enum",
                Form::Object => "trait",
                _ => "struct",
            });
            if ty.align > 0 {
                out.put(" size ");
                out.number(ty.size as i128);
                out.put(" align ");
                out.number(ty.align as i128);
            }
            if ty.niche {
                out.put(" niche");
            }
            if !ty.repr.is_empty() {
                out.put(" ");
                out.put(ty.repr);
            }
            out.put(": ");
            name::<T, TYPES>(out);
            out.put("\0");
            let mut fields = 0;
            let mut i = 0;
            while i < ty.variants.len() {
                let variant = &ty.variants[i];
                if !variant.name.is_empty() {
                    out.put("variant=");
                    out.put(variant.name);
                    if let Some(value) = variant.value {
                        out.put(" ");
                        out.number(value);
                    }
                    out.put("\0");
                }
                let mut j = 0;
                while j < variant.fields.len() {
                    let field = &variant.fields[j];
                    out.put("field=");
                    out.put(field.name);
                    if let Some(offset) = field.offset {
                        out.put(" at ");
                        out.number(offset as i128);
                    }
                    out.put(": ");
                    nth::<T::Parts, TYPES>(fields, out);
                    out.put("\0");
                    fields += 1;
                    j += 1;
                }
                i += 1;
            }
        }
        self.show_all::<T::Parts>();
    }

    const fn show_all<P: Parts>(&mut self) {
        match P::COUNT {
            0 => {}
            1 => self.show::<P::This>(),
            _ => {
                self.show_all::<P::Left>();
                self.show_all::<P::Right>();
            }
        }
    }
}

impl<const COUNT: usize, const EXPORTS: usize, const TYPES: usize> Default
    for Description<COUNT, EXPORTS, TYPES>
{
    fn default() -> Self {
        Self::new()
    }
}

/// Whether the text has a paragraph for the type.
pub(super) const fn is_own(ty: &Type) -> bool {
    matches!(ty.form, Form::Struct | Form::Enum) || matches!(ty.form, Form::Object) && ty.key != 0
}

/// Tells types apart, generic ones by their arguments.
pub(super) const fn identity<T: Interface + ?Sized>() -> u64 {
    let ty = T::TYPE;
    let own = mix(ty.key, mix(ty.digest, super::digest(ty.repr)));
    let own = mix(own, form_number(ty.form));
    match ty.form {
        // Nothing but its parts tells one tuple from another.
        Form::Struct | Form::Enum | Form::Object => identities::<T::Args>(own),
        _ => identities::<T::Parts>(own),
    }
}

const fn identities<P: Parts>(before: u64) -> u64 {
    match P::COUNT {
        0 => mix(before, 0),
        1 => mix(before, identity::<P::This>()),
        _ => identities::<P::Right>(identities::<P::Left>(before)),
    }
}

const fn form_number(form: Form) -> u64 {
    match form {
        Form::Primitive => 1,
        Form::Library => 2,
        Form::Struct => 3,
        Form::Enum => 4,
        Form::Ref => 5,
        Form::RefMut => 6,
        Form::Pointer => 7,
        Form::PointerMut => 8,
        Form::Slice => 9,
        Form::Array(length) => 1 << 32 | length as u64,
        Form::Tuple => 10,
        Form::Arguments => 11,
        Form::Function => 12,
        Form::Closure => 13,
        Form::Object => 14,
    }
}

pub(super) const fn mix(hash: u64, word: u64) -> u64 {
    // The multiplier of SplitMix64: an odd number with its bits well spread.
    let mixed = (hash.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

const fn is_unit<T: Interface + ?Sized>() -> bool {
    T::TYPE.digest == <() as Interface>::TYPE.digest
}

/// Writes a type's name as it would stand in a signature.
pub(super) const fn name<T: Interface + ?Sized, const N: usize>(out: &mut Text<N>) {
    let ty = T::TYPE;
    match ty.form {
        Form::Primitive | Form::Library | Form::Struct | Form::Enum => {
            out.put(ty.name);
            arguments::<T::Args, N>(out);
        }
        Form::Object => {
            let bracket = !ty.repr.is_empty();
            if bracket {
                out.put("(");
            }
            out.put(ty.name);
            arguments::<T::Args, N>(out);
            out.put(ty.repr);
            if bracket {
                out.put(")");
            }
        }
        Form::Ref => pointer::<T, N>("&", out),
        Form::RefMut => pointer::<T, N>("&mut ", out),
        Form::Pointer => pointer::<T, N>("*const ", out),
        Form::PointerMut => pointer::<T, N>("*mut ", out),
        Form::Slice => {
            out.put("[");
            names::<T::Parts, N>(out);
            out.put("]");
        }
        Form::Array(length) => {
            out.put("[");
            names::<T::Parts, N>(out);
            out.put("; ");
            out.number(length as i128);
            out.put("]");
        }
        Form::Tuple => {
            out.put("(");
            names::<T::Parts, N>(out);
            out.put(if T::Parts::COUNT == 1 { ",)" } else { ")" });
        }
        Form::Arguments => {
            out.put("(");
            names::<T::Parts, N>(out);
            out.put(")");
        }
        Form::Function | Form::Closure => {
            let bracket = !ty.repr.is_empty();
            if bracket {
                out.put("(");
            }
            out.put(ty.name);
            name::<<<T::Parts as Parts>::Left as Parts>::This, N>(out);
            returns::<<<T::Parts as Parts>::Right as Parts>::This, N>(out);
            out.put(ty.repr);
            if bracket {
                out.put(")");
            }
        }
    }
}

const fn pointer<T: Interface + ?Sized, const N: usize>(mark: &str, out: &mut Text<N>) {
    out.put(mark);
    names::<T::Parts, N>(out);
}

const fn returns<T: Interface + ?Sized, const N: usize>(out: &mut Text<N>) {
    if !is_unit::<T>() {
        out.put(" -> ");
        name::<T, N>(out);
    }
}

const fn arguments<P: Parts, const N: usize>(out: &mut Text<N>) {
    if P::COUNT > 0 {
        out.put("<");
        names::<P, N>(out);
        out.put(">");
    }
}

/// With commas in between.
const fn names<P: Parts, const N: usize>(out: &mut Text<N>) {
    match P::COUNT {
        0 => {}
        1 => name::<P::This, N>(out),
        _ => {
            names::<P::Left, N>(out);
            out.put(", ");
            names::<P::Right, N>(out);
        }
    }
}

/// The name of one type of a list.
pub(super) const fn nth<P: Parts, const N: usize>(index: usize, out: &mut Text<N>) {
    match P::COUNT {
        0 => {}
        1 => name::<P::This, N>(out),
        _ if index < P::Left::COUNT => nth::<P::Left, N>(index, out),
        _ => nth::<P::Right, N>(index - P::Left::COUNT, out),
    }
}
