//! What std has too, in less code. Std's is made for long texts and lists, and each caller has a copy of it.
//! So `to_string` of what is not a text is `format!`: with it, each part of the program would have
//! its own copy of what writes to a `String`.

/// The text before and after the first `sign`. Not inlined: there are many callers.
#[inline(never)]
pub fn cut<'a>(text: &'a str, sign: &str) -> Option<(&'a str, &'a str)> {
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

/// Whether `part`, which is not empty, is in a text.
pub fn contains(text: &str, part: &str) -> bool {
    cut(text, part).is_some()
}

/// A copy of a text. Not inlined: there are many callers.
#[inline(never)]
pub fn owned(text: &str) -> String {
    text.to_owned()
}

/// The texts with `between` between them.
pub fn joined<T: AsRef<str>>(texts: &[T], between: &str) -> String {
    let mut all = String::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            all.push_str(between);
        }
        all.push_str(text.as_ref());
    }
    all
}

/// The items as a list. Std's `collect` has the iterator's code twice.
pub fn list<T>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list = Vec::new();
    for item in items {
        list.push(item);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_std() {
        for text in ["", "a", "ab", "aab", "b: aa", "äb"] {
            for part in ["a", "ab", "aa", "b", ": ", "ä"] {
                assert_eq!(contains(text, part), text.contains(part), "{text} {part}");
            }
        }
        for texts in [&[][..], &["a"], &["", ""], &["a", "b", "c"]] {
            assert_eq!(joined(texts, ", "), texts.join(", "));
            assert_eq!(
                list(texts.iter().skip(1)),
                texts.iter().skip(1).collect::<Vec<_>>()
            );
        }
    }

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
