//! Distinguishes types at compile time, where `TypeId`s can't be compared, and hashes.

use super::description::{Form, Interface, Parts, Type};

/// The maximum number of user-defined types that one type may consist of.
pub(super) const MOST_TYPES: usize = 128;

/// Types by their identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<const MOST: usize = MOST_TYPES> {
    pub(super) types: [u64; MOST],
    pub(super) count: usize,
}

impl<const MOST: usize> Seen<MOST> {
    pub(super) const fn new() -> Self {
        Seen {
            types: [0; MOST],
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

    pub(super) const fn is_full(&self) -> bool {
        self.count == MOST
    }

    pub(super) const fn add(&mut self, identity: u64) {
        if self.count == MOST {
            full(MOST);
        }
        self.types[self.count] = identity;
        self.count += 1;
    }
}

/// Fails to compile, as there is no room for one more type.
#[track_caller]
const fn full(most: usize) {
    assert!(
        most <= MOST_TYPES,
        "an interface uses too many user-defined types (the limit is 1024): move some of its \
         functions to another interface"
    );
    panic!(
        "a type consists of too many user-defined types (the limit is 128): pass its parts by \
         several functions; does one of them contain itself with different arguments each time?"
    );
}

/// Whether the text has a paragraph for the type.
pub(super) const fn is_own(ty: &Type) -> bool {
    matches!(ty.form, Form::Struct | Form::Enum) || matches!(ty.form, Form::Object) && ty.key != 0
}

/// Whether it is an author's type without `#[derive(Interface)]`, which always writes a key: nothing
/// checked such a description.
pub(super) const fn is_by_hand(ty: &Type) -> bool {
    matches!(ty.form, Form::Struct | Form::Enum) && ty.key == 0
}

/// Identifies a type; a generic one with its arguments.
pub(super) const fn identity<T: Interface + ?Sized>() -> u64 {
    let ty = T::TYPE;
    let own = mix(ty.key, mix(ty.digest, super::description::digest(ty.repr)));
    let own = mix(own, form_number(ty.form));
    // Where references of a callback are `'static`, its check has another result.
    let own = mix(own, ty.fixed as u64);
    match ty.form {
        // A tuple is identified by its parts only.
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

pub(super) const fn form_number(form: Form) -> u64 {
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
        Form::Smart => 15,
    }
}

#[expect(
    clippy::manual_rotate,
    reason = "to the compiler's interpreter, a call of `rotate_left` or `wrapping_mul` is slow"
)]
pub(super) const fn mix(hash: u64, word: u64) -> u64 {
    // The multiplier of SplitMix64: an odd number whose bits are well distributed.
    const MULTIPLIER: u128 = 0x9e37_79b9_7f4a_7c15;
    let rotated = hash << 29 | hash >> 35;
    let mixed = ((rotated ^ word) as u128 * MULTIPLIER) as u64;
    mixed ^ mixed >> 32
}
