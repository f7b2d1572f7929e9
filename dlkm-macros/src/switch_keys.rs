//! By what a module is found in switch tables: `keys`, `extensions` and `magic`.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{LitByteStr, LitInt, LitStr, Token, parenthesized, token};

use crate::args::{Args, Item};
use crate::errors::Errors;

/// The most keys, extensions or magic numbers, as in `dlkm-metadata`.
const MOST: usize = 256;
/// The longest magic number, in bytes, and the farthest place of one.
const MAGIC: usize = 64;
const MAGIC_OFFSET: usize = 1 << 17;

/// What the author wrote, as lines of metadata.
#[derive(Default)]
pub(crate) struct SwitchKeys {
    pub(crate) lines: Vec<String>,
    /// Where the first of them is.
    pub(crate) at: Option<Span>,
}

impl SwitchKeys {
    pub(crate) fn take(args: &mut Args, errors: &mut Errors) -> Self {
        let mut found = SwitchKeys::default();
        for (key, line, like) in [
            ("keys", "key", "[\"zst\"]"),
            ("extensions", "extension", "[\"zst\"]"),
        ] {
            let Some((brackets, items)) = args.list(key, like, errors) else {
                continue;
            };
            found.at.get_or_insert(brackets.span.join());
            check_count(items.len(), brackets, errors);
            let mut seen: Vec<String> = Vec::new();
            for item in items {
                let text = match item {
                    Item::Text(text) => text,
                    Item::Word(word) => {
                        errors.at(&word, format!("write it in quotes: \"{word}\""));
                        continue;
                    }
                    Item::Other(tokens) => {
                        errors.at(tokens, "expected a text in quotes");
                        continue;
                    }
                };
                let value = text.value();
                if let Some(wrong) = wrong(&value, key) {
                    errors.at(&text, wrong);
                } else if seen.contains(&value) {
                    errors.at(&text, format!("\"{value}\" is listed twice"));
                } else {
                    found.lines.push(format!("{line}={value}"));
                    seen.push(value);
                }
            }
        }
        found.magic(args, errors);
        found
    }

    fn magic(&mut self, args: &mut Args, errors: &mut Errors) {
        let Some((brackets, items)) = args.list("magic", FORM, errors) else {
            return;
        };
        self.at.get_or_insert(brackets.span.join());
        check_count(items.len(), brackets, errors);
        for item in items {
            let tokens = match item {
                Item::Other(tokens) => tokens,
                Item::Text(text) => {
                    errors.at(&text, "write bytes, as in `b\"\\x7fELF\"`");
                    continue;
                }
                Item::Word(word) => {
                    errors.at(&word, EXPECTED);
                    continue;
                }
            };
            match syn::parse2::<Magic>(tokens) {
                Ok(magic) => self.lines.push(magic.line()),
                Err(error) => errors.add(error),
            }
        }
    }
}

fn check_count(count: usize, brackets: token::Bracket, errors: &mut Errors) {
    let message = match count {
        0 => "an empty list says nothing: leave it out".to_owned(),
        count if count > MOST => format!("a module has at most {MOST} of them"),
        _ => return,
    };
    errors.add(syn::Error::new(brackets.span.join(), message));
}

fn wrong(value: &str, key: &str) -> Option<String> {
    if value.is_empty() {
        return Some("it is empty".to_owned());
    }
    if value.len() > 64 {
        return Some("it has more than 64 bytes".to_owned());
    }
    let bad = |sign: char| sign.is_whitespace() || sign.is_control() || sign == '/';
    if let Some(sign) = value.chars().find(|sign| bad(*sign)) {
        return Some(format!("it can't have the character {sign:?}"));
    }
    (key == "extensions" && value.starts_with('.'))
        .then(|| format!("write it without the dot: \"{}\"", &value[1..]))
}

const FORM: &str = "[b\"\\x28\\xb5\\x2f\\xfd\"]";

const EXPECTED: &str = "expected bytes, an offset and bytes, or an offset, a mask and bytes: `b\"ustar\"`, `(257, \
     b\"ustar\")`, `(0, b\"\\xf0\\xff\", b\"\\x50\\x2a\")`";

/// One magic number.
struct Magic {
    offset: usize,
    mask: Vec<u8>,
    value: Vec<u8>,
}

impl Parse for Magic {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (first, ahead) = (input.fork(), input.fork());
        if let Ok(bytes) = ahead.parse::<LitByteStr>() {
            let _: LitByteStr = input.parse()?;
            if !input.is_empty() {
                return Err(first.error(EXPECTED));
            }
            return Magic::new(0, None, bytes);
        }
        if !input.peek(token::Paren) {
            return Err(first.error(EXPECTED));
        }
        let content;
        parenthesized!(content in input);
        let number: LitInt = content.parse().map_err(|_| first.error(EXPECTED))?;
        let offset = number
            .base10_parse()
            .ok()
            .filter(|offset| *offset <= MAGIC_OFFSET);
        let Some(offset) = offset else {
            let message =
                format!("a magic number begins at most {MAGIC_OFFSET} bytes into the data");
            return Err(syn::Error::new(number.span(), message));
        };
        let _: Token![,] = content.parse().map_err(|_| first.error(EXPECTED))?;
        let one: LitByteStr = content.parse().map_err(|_| first.error(EXPECTED))?;
        let comma: Option<Token![,]> = content.parse()?;
        let other = match comma.is_some() && !content.is_empty() {
            true => Some(content.parse::<LitByteStr>()?),
            false => None,
        };
        let last: Option<Token![,]> = content.parse()?;
        if !content.is_empty() || !input.is_empty() || (last.is_some() && other.is_none()) {
            return Err(first.error(EXPECTED));
        }
        match other {
            Some(value) => Magic::new(offset, Some(one), value),
            None => Magic::new(offset, None, one),
        }
    }
}

impl Magic {
    fn new(offset: usize, mask: Option<LitByteStr>, literal: LitByteStr) -> syn::Result<Self> {
        let value = literal.value();
        let fail = |at: &LitByteStr, message: &str| Err(syn::Error::new(at.span(), message));
        if value.is_empty() {
            return fail(&literal, "it is empty, so it would match any data");
        }
        if value.len() > MAGIC {
            return fail(&literal, "a magic number has at most 64 bytes");
        }
        let Some(mask) = mask else {
            let mask = vec![0xff; value.len()];
            return Ok(Magic {
                offset,
                mask,
                value,
            });
        };
        let bits = mask.value();
        if bits.len() != value.len() {
            return fail(&mask, "the mask must be as long as the bytes");
        }
        if bits.iter().all(|byte| *byte == 0) {
            return fail(&mask, "the mask has no bits, so it would match any data");
        }
        let outside = bits
            .iter()
            .zip(&value)
            .any(|(mask, value)| value & !mask != 0);
        if outside {
            return fail(
                &literal,
                "it has bits that the mask leaves out, so nothing would match",
            );
        }
        Ok(Magic {
            offset,
            mask: bits,
            value,
        })
    }

    fn line(&self) -> String {
        let hex =
            |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
        format!(
            "magic={} {} {}",
            self.offset,
            hex(&self.mask),
            hex(&self.value)
        )
    }
}

/// The lines, for the macro's output.
pub(crate) fn lines(keys: &SwitchKeys) -> Vec<LitStr> {
    let text = |line: &String| LitStr::new(line, Span::call_site());
    keys.lines.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::Magic;

    fn line(text: &str) -> Result<String, String> {
        let magic: syn::Result<Magic> = syn::parse_str(text);
        magic
            .map(|one| one.line())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn each_form_becomes_a_line() {
        for (text, expected) in [
            (r#"b"\x28\xb5""#, "magic=0 ffff 28b5"),
            (r#"(257, b"ust")"#, "magic=257 ffffff 757374"),
            (r#"(257, b"ust",)"#, "magic=257 ffffff 757374"),
            (r#"(0, b"\xf0\xff", b"\x50\x2a")"#, "magic=0 f0ff 502a"),
        ] {
            assert_eq!(line(text).as_deref(), Ok(expected), "{text}");
        }
        for bad in [
            "",
            "7",
            "(0)",
            "(0, 1)",
            r#"(b"x")"#,
            r#"(0, b"")"#,
            r#"(999999, b"x")"#,
            r#"(0, b"\xff", b"xy")"#,
            r#"(0, b"\x00", b"\x00")"#,
            r#"(0, b"\x0f", b"\xf0")"#,
            r#"(0, b"x", b"x", b"x")"#,
            r#"b"x" b"y""#,
        ] {
            assert!(line(bad).is_err(), "{bad}");
        }
    }
}
