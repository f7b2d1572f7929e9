//! Words of a line, and the rule for names.

use std::cmp::Ordering;

use crate::limits;

/// Whether two names mean the same module or tunable: `-` and `_` are one, as in modprobe(8).
pub fn same_name(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one
            .bytes()
            .zip(other.bytes())
            .all(|(a, b)| plain(a) == plain(b))
}

fn plain(byte: u8) -> u8 {
    if byte == b'-' { b'_' } else { byte }
}

/// A name in the order that takes `-` and `_` for one.
#[derive(Clone, Copy)]
pub(crate) struct Normal<'a>(pub(crate) &'a str);

impl Normal<'_> {
    pub(crate) fn cmp(&self, other: &Normal<'_>) -> Ordering {
        self.0.bytes().map(plain).cmp(other.0.bytes().map(plain))
    }
}

/// Whether a text can be the name of a module or a tunable.
pub(crate) fn is_name(text: &str) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.len() <= limits::NAME
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// A word and where it begins, as a byte of its line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

/// The words of a line.
#[derive(Clone, Debug)]
pub(crate) struct Words<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        Words { line, at: 0 }
    }

    /// Not inlined: there are several callers.
    #[inline(never)]
    fn skip_blanks(&mut self) {
        let rest = &self.line[self.at..];
        self.at = self.line.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// What is left of the line, without blanks around it.
    pub(crate) fn rest(&mut self) -> Word<'a> {
        self.skip_blanks();
        let at = std::mem::replace(&mut self.at, self.line.len());
        let text = self.line[at..].trim_end_matches([' ', '\t']);
        Word { text, at }
    }

    /// Where the next word begins or is missing.
    pub(crate) fn place(&mut self) -> usize {
        self.skip_blanks();
        self.at
    }

    /// A text in quotation marks, without them, if the next word begins with one. `Err` if the
    /// second is missing.
    pub(crate) fn quoted(&mut self) -> Option<Result<Word<'a>, usize>> {
        self.skip_blanks();
        let rest = self.line[self.at..].strip_prefix('"')?;
        let at = self.at;
        let Some(end) = rest.find('"') else {
            return Some(Err(at));
        };
        self.at += end + 2;
        let text = &rest[..end];
        Some(Ok(Word { text, at }))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        self.skip_blanks();
        let rest = &self.line[self.at..];
        let end = rest.find([' ', '\t']).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        let at = self.at;
        self.at += end;
        let text = &rest[..end];
        Some(Word { text, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hyphen_and_an_underscore_are_one() {
        assert!(same_name("net-ip", "net_ip"));
        assert!(!same_name("net-ip", "netip"));
        assert!(!same_name("a", "A"));
    }

    #[test]
    fn names_are_plain() {
        for good in ["shm", "net-ip_v4.2", "9p", "_x"] {
            assert!(is_name(good), "{good}");
        }
        let long = "a".repeat(limits::NAME + 1);
        for bad in ["", ".", "..", ".x", "-x", "a/b", "a b", "ä", "a*", &long] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn words_know_where_they_begin() {
        let words: Vec<_> = Words::new("  a\tbb  c ")
            .map(|word| (word.text, word.at))
            .collect();
        assert_eq!(words, [("a", 2), ("bb", 4), ("c", 8)]);
        let mut words = Words::new("t \"two words\" 3");
        words.next();
        assert_eq!(words.quoted().unwrap().unwrap().text, "two words");
        assert_eq!(words.rest().text, "3");
    }
}
