//! What the walk through a type finds that its tokens hide, or that does not fit.

use super::description::Type;

/// Why a type can't cross.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// A field's tokens show some of its lifetimes, and hide others.
    Hides {
        owner: &'static str,
        field: &'static str,
    },
    /// Its text is too long.
    Large {
        name: &'static str,
        length: usize,
        most: usize,
    },
}

/// A hash that a lifetime `'static` changes.
pub(super) const FIXED: u64 = super::description::digest("'static");

/// Name and number of shown lifetimes of a type's field. `index` counts the fields of all its
/// variants.
pub(super) const fn field(ty: &Type, index: usize) -> (&'static str, usize) {
    let mut rest = index;
    let mut i = 0;
    while i < ty.variants.len() {
        let fields = ty.variants[i].fields;
        if rest < fields.len() {
            return (fields[rest].name, fields[rest].shown);
        }
        rest -= fields.len();
        i += 1;
    }
    ("", 0)
}
