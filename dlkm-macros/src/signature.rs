//! A function's type as one readable line: `fn(u32, &mut dyn Read) -> Result<u64, Error>`.

use proc_macro2::{Delimiter, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

use crate::borrows::elided;

/// The line for a function; [`bare`] writes its types.
pub(crate) fn text(is_async: bool, args: &[String], result: Option<&str>) -> String {
    let arrow = if result.is_some() { " -> " } else { "" };
    let asyncness = if is_async { "async " } else { "" };
    format!(
        "{asyncness}fn({}){arrow}{}",
        args.join(", "),
        result.unwrap_or_default()
    )
}

/// A type, as the author wrote it.
pub(crate) fn type_text(ty: &Type) -> String {
    tokens_text(ty.to_token_stream())
}

/// Types and bounds, with the spaces that rustfmt would put there.
pub(crate) fn tokens_text(tokens: TokenStream) -> String {
    let mut out = String::new();
    write(tokens, &mut out);
    out
}

/// A type without lifetimes, for where they don't matter to what crosses. `text` is its
/// [`type_text`].
pub(crate) fn bare(ty: &Type, text: &str) -> String {
    if !text.contains('\'') {
        return text.to_owned();
    }
    type_text(&elided(ty, true))
}

/// The last token written, as far as it decides whether a space follows.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// `fn`, `u8`, `Fn`: a space before another word.
    Word,
    /// `mut`, `dyn`, `'a`: a space before a bracket too.
    Modifier,
    /// The `>` that closes `<`.
    Closing,
    /// The first half of `->` or `::`, or a `'`.
    Joint,
    Other,
}

/// Writes tokens with the spaces that rustfmt would put in a type.
fn write(tokens: TokenStream, out: &mut String) {
    let mut last = Last::Other;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                if last == Last::Modifier {
                    out.push(' ');
                }
                out.push_str(open);
                write(group.stream(), out);
                out.push_str(close);
                last = Last::Other;
            }
            TokenTree::Punct(punct) => last = write_punct(&punct, last, out),
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                let text = token.to_string();
                if matches!(last, Last::Word | Last::Modifier | Last::Closing) {
                    out.push(' ');
                }
                out.push_str(&text);
                let lifetime = last == Last::Joint && out[..out.len() - text.len()].ends_with('\'');
                last = match &*text {
                    "mut" | "dyn" | "const" => Last::Modifier,
                    _ if lifetime => Last::Modifier,
                    _ => Last::Word,
                };
            }
        }
    }
    let whole = out.trim_end().len();
    out.truncate(whole);
}

fn write_punct(punct: &Punct, last: Last, out: &mut String) -> Last {
    let joint = punct.spacing() == Spacing::Joint;
    match punct.as_char() {
        '>' if last == Last::Joint && out.ends_with('-') => {
            out.push_str("> ");
            return Last::Other;
        }
        '>' => {
            out.push('>');
            return Last::Closing;
        }
        '-' if joint => out.push_str(" -"),
        mark @ (',' | ';') => out.extend([mark, ' ']),
        ':' if !joint && last != Last::Joint => out.push_str(": "),
        mark @ ('+' | '=') => out.extend([' ', mark, ' ']),
        mark => out.push(mark),
    }
    if joint { Last::Joint } else { Last::Other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_rustfmt_writes_them() {
        for ty in [
            "fn(u32, &mut dyn Read) -> Result<u64, Error>",
            "for<'a> fn(&'a str, [u8; 4], (u8, &'static [u16])) -> std::io::Result<&'a str>",
            "fn(&mut (dyn Read + Send), Option<Box<u8>>)",
            "fn(&dyn Fn(u8, u8) -> u8, <Vec<u8> as IntoIterator>::Item)",
            "fn(impl Iterator<Item = u8>, [u8; LEN]) -> [[u8; 2]; 3]",
            "fn(*const u8, &'a mut T)",
        ] {
            let mut out = String::new();
            write(ty.parse().unwrap(), &mut out);
            assert_eq!(out, ty);
        }
    }
}
