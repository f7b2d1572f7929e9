//! What differs between two signatures.

use super::say::say;

/// `fn(A, B) -> C`, taken apart.
struct Signature<'a> {
    /// What stands before the bracket.
    head: &'a str,
    /// In brackets, as written.
    arguments: &'a str,
    result: &'a str,
}

/// One text for each part of the function's signature that differs.
pub(super) fn differences(name: &str, old: &str, new: &str) -> Vec<String> {
    if old == new {
        return Vec::new();
    }
    let (Some(before), Some(after)) = (Signature::parse(old), Signature::parse(new)) else {
        return vec![format!("{name}: {old} → {new}")];
    };
    let mut texts = Vec::new();
    if before.head != after.head {
        say(
            &mut texts,
            format_args!("{name}: {} → {}", before.head, after.head),
        );
    }
    let (ours, theirs) = (split(before.arguments), split(after.arguments));
    if ours.len() == theirs.len() {
        for (i, (old, new)) in ours.iter().zip(&theirs).enumerate() {
            if old != new {
                say(
                    &mut texts,
                    format_args!("{name}: argument {}: {old} → {new}", i + 1),
                );
            }
        }
    } else {
        say(
            &mut texts,
            format_args!(
                "{name}: arguments ({}) → ({})",
                before.arguments, after.arguments
            ),
        );
    }
    if before.result != after.result {
        let (old, new) = (before.result, after.result);
        say(&mut texts, format_args!("{name}: result: {old} → {new}"));
    }
    texts
}

impl<'a> Signature<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (head, rest) = text.split_once('(')?;
        let close = top_level(rest).find(|(_, sign)| *sign == ')')?.0;
        let result = match &rest[close + 1..] {
            "" => "()",
            arrow => arrow.strip_prefix(" -> ")?,
        };
        Some(Signature {
            head,
            arguments: &rest[..close],
            result,
        })
    }
}

/// The parts between commas that stand in no brackets.
fn split(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in top_level(list).filter(|(_, sign)| *sign == ',') {
        parts.push(list[start..at].trim());
        start = at + 1;
    }
    let last = list[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

/// The characters that stand in no brackets; of a bracket that was not opened in `text`
/// too.
fn top_level(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut depth = 0_usize;
    let mut before = ' ';
    text.char_indices().filter(move |(_, sign)| {
        let arrow = before == '-' && *sign == '>';
        before = *sign;
        match sign {
            '(' | '[' | '<' => {
                depth += 1;
                false
            }
            ')' | ']' | '>' if !arrow && depth > 0 => {
                depth -= 1;
                false
            }
            _ => depth == 0,
        }
    })
}
