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
    let bytes = text.as_bytes();
    let (first, others) = sign.as_bytes().split_first()?;
    let mut at = 0;
    loop {
        at += position(&bytes[at..], *first)?;
        if bytes[at + 1..].starts_with(others) {
            return Some((&text[..at], &text[at + sign.len()..]));
        }
        at += 1;
    }
}

/// Where `byte` is first, comparing eight bytes at once: most of the work of reading metadata.
fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = bytes.as_chunks();
    for (at, word) in words.iter().enumerate() {
        let differing = u64::from_le_bytes(*word) ^ (ONES * u64::from(byte));
        // The lowest of these bits is that of the first byte that does not differ.
        let found = differing.wrapping_sub(ONES) & !differing & HIGHEST;
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|one| *one == byte)?;
    Some(words.len() * 8 + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_where_it_is_first() {
        // Of each byte the neighbours too, which the subtraction could take for it.
        for byte in [0, 1, b'=', 0x7f, 0x80, 0xff_u8] {
            let others = [byte.wrapping_add(1), byte.wrapping_sub(1), byte ^ 0x80];
            for length in 0..40 {
                for first in 0..length + 1 {
                    let mut bytes: Vec<_> = others.into_iter().cycle().take(length).collect();
                    bytes
                        .iter_mut()
                        .skip(first)
                        .step_by(3)
                        .for_each(|one| *one = byte);
                    assert_eq!(position(&bytes, byte), (first < length).then_some(first));
                }
            }
        }
    }

    #[test]
    fn a_text_is_cut_at_the_first_sign() {
        assert_eq!(cut("a=b=c", "="), Some(("a", "b=c")));
        assert_eq!(cut("a at: b: c", ": "), Some(("a at", "b: c")));
        assert_eq!(cut("a  at b", " at "), Some(("a ", "b")));
        assert_eq!(cut("a: ", ": "), Some(("a", "")));
        for (text, sign) in [("", "="), ("ab", "="), ("a:", ": "), (" a t", " at ")] {
            assert_eq!(cut(text, sign), None, "{text}");
        }
    }
}
