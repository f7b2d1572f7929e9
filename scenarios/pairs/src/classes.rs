//! Classes of spellings: two of one class mean the same, two of different classes do not.

use crate::{Pair, Source};

/// What `make` makes of each spelling, in pairs. Each spelling is compared with the first one of its
/// class, and each class with all others, or with the next one only.
pub(crate) fn pairs(
    all: bool,
    about: &str,
    names: &'static str,
    classes: &[&[&str]],
    make: impl Fn(&str) -> Source,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut add = |old: &str, new: &str, names| {
        pairs.push(Pair {
            about: format!("{about}: {old} / {new}"),
            old: make(old),
            new: make(new),
            names,
        });
    };
    for (at, class) in classes.iter().enumerate() {
        for other in &class[1..] {
            add(class[0], other, None);
        }
        let others = &classes[at + 1..];
        for other in others.iter().take(if all { others.len() } else { 1 }) {
            // Not always the first spelling.
            add(class[class.len() - 1], other[0], Some(names));
        }
    }
    pairs
}
