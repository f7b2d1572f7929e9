//! Adds a sentence to a list.

use std::fmt;

/// Adds a text. Not inlined, since there are many callers.
#[inline(never)]
pub(super) fn say(texts: &mut Vec<String>, text: fmt::Arguments<'_>) {
    texts.push(fmt::format(text));
}
