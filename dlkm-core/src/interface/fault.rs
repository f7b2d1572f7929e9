//! What the walk through a type finds that its tokens hide, or that does not fit.

use super::description::{Type, Written};

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

/// A type's field: its name, and how its type shows its lifetimes. `index` counts the fields of all its
/// variants.
pub(super) const fn field(ty: &Type, index: usize) -> (&'static str, Written) {
    let mut rest = index;
    let mut i = 0;
    while i < ty.variants.len() {
        let fields = ty.variants[i].fields;
        if rest < fields.len() {
            return (fields[rest].name, fields[rest].written);
        }
        rest -= fields.len();
        i += 1;
    }
    ("", Written::Fixed)
}
