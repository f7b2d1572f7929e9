//! What std has too, in less code. Std's is made for long texts and lists, and each caller has a copy of it.
//! So `to_string` of what is not a text is `format!`: with it, each part of the program would have
//! its own copy of what writes to a `String`.

use std::ffi::CStr;

/// The text before and after the first `sign`. Not inlined: there are many callers.
///
/// A line's sign is near its start, so a faster search gains nothing, and one that first asks which
/// instructions the processor has (`cpuid`) takes some 50 µs for that in a virtual machine.
#[inline(never)]
pub fn cut<'a>(text: &'a str, sign: &str) -> Option<(&'a str, &'a str)> {
    let bytes = text.as_bytes();
    let (first, others) = sign.as_bytes().split_first()?;
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| byte == first)?;
        if bytes[at + 1..].starts_with(others) {
            return Some((&text[..at], &text[at + sign.len()..]));
        }
        at += 1;
    }
}

/// The text before and after the first NUL, or all of it. Lines are longer than their keys, so this is std's
/// search, which looks at eight bytes at once and needs no `cpuid`.
pub fn line(text: &str) -> (&str, &str) {
    let line = CStr::from_bytes_until_nul(text.as_bytes());
    let end = line.map_or(text.len(), CStr::count_bytes);
    (&text[..end], text.get(end + 1..).unwrap_or(""))
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
    fn a_line_ends_at_the_first_nul() {
        assert_eq!(line("a=b\0c\0"), ("a=b", "c\0"));
        assert_eq!(line("\0"), ("", ""));
        assert_eq!(line("a=ä"), ("a=ä", ""));
        assert_eq!(line(""), ("", ""));
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
