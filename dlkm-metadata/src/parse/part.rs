//! Cuts a text in two, and makes errors: what the parsers of lines and of the whole share.

use std::fmt;

use crate::error::BadMetadata;

/// Not inlined: there are many callers, and no valid module takes this path.
#[cold]
#[inline(never)]
pub(super) fn bad(text: fmt::Arguments<'_>) -> BadMetadata {
    BadMetadata(fmt::format(text))
}

#[cold]
pub(super) fn too_many(whole: &str, most: u64, of: &str) -> BadMetadata {
    bad(format_args!("{whole} has more than {most} {of}, the limit"))
}

/// The text before and after the first `sign`. Not inlined: there are many callers.
#[inline(never)]
pub(super) fn cut<'a>(text: &'a str, sign: &str) -> Option<(&'a str, &'a str)> {
    let (bytes, sign) = (text.as_bytes(), sign.as_bytes());
    let mut at = 0;
    while !bytes[at..].starts_with(sign) {
        at += 1 + bytes
            .get(at + 1..)?
            .iter()
            .position(|byte| *byte == sign[0])?;
    }
    Some((&text[..at], &text[at + sign.len()..]))
}
