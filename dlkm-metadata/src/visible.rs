//! The rule for all texts from files: they contain only characters that show as themselves. So a
//! text can't forge a line of a report, move a terminal's cursor, or turn what follows it around.

use std::fmt::{self, Write};

use crate::limits;

/// The position of the first character that does not show as itself.
pub(crate) fn hidden(text: &str) -> Option<(usize, char)> {
    // The bytes in one sum, which the compiler turns into vector instructions: nearly all texts
    // are plain ASCII, and metadata is read at each load.
    let plain = |byte: u8| byte.wrapping_sub(b' ') < 0x7f - b' ';
    let mut odd = false;
    for byte in text.bytes() {
        odd |= !plain(byte) & (byte != 0);
    }
    if !odd {
        return None;
    }
    // A NUL ends each line of the metadata, and is in no line.
    text.char_indices()
        .find(|(_, sign)| *sign != '\0' && is_hidden(*sign))
}

/// Whether a character does not show as itself: it is a control character, a separator of lines or a
/// byte order mark, or changes the direction of the text. The system file has the same rule.
//
// `dlkm-macros/src/check/words.rs` has the same function, for a module's description.
pub fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// A text from a file in an error message: at most its first [`limits::QUOTED`] characters, hidden
/// ones escaped.
///
/// ```
/// assert_eq!(dlkm_metadata::Quoted("a\tb").to_string(), "a\\tb");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signs = self.0.chars();
        for sign in signs.by_ref().take(limits::QUOTED) {
            match is_hidden(sign) {
                true => write!(f, "{}", sign.escape_default())?,
                false => f.write_char(sign)?,
            }
        }
        f.write_str(if signs.next().is_some() { "…" } else { "" })
    }
}

/// A name from one of an image's tables, for a message. It may be anything: the dynamic linker only
/// compares it.
pub(crate) fn bytes(name: &[u8]) -> String {
    format!("{}", Quoted(&String::from_utf8_lossy(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_show_as_itself_is_found() {
        for plain in ["", "a=b\0c=\"größe\" → 64 bit\0", "🦀\0", "a\u{a0}b"] {
            assert_eq!(hidden(plain), None, "{plain:?}");
        }
        for sign in "\u{1}\u{1b}\n\r\t\u{7f}\u{85}\u{9b}\u{2028}\u{202e}\u{2066}\u{200f}".chars() {
            assert_eq!(hidden(&format!("äb\0{sign}c")), Some((4, sign)), "{sign:?}");
        }
    }

    #[test]
    fn a_quoted_text_is_short_and_on_one_line() {
        assert_eq!(Quoted("a\nb\u{1b}[2J").to_string(), "a\\nb\\u{1b}[2J");
        let long = Quoted(&"ä".repeat(1000)).to_string();
        assert_eq!(long, "ä".repeat(limits::QUOTED) + "…");
        assert_eq!(bytes(b"\xff\x01s"), "\u{fffd}\\u{1}s");
    }
}
