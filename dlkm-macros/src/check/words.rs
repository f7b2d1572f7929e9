//! Names, descriptions and versions.

use syn::LitStr;

use crate::ast::Name;
use crate::errors::Errors;

/// Names become parts of file names, of identifiers and of lists separated by spaces.
pub(crate) fn name(name: &Name, what: &str, errors: &mut Errors) {
    if !is_name(&name.text) {
        let message = format!(
            "`{}` is not a valid {what}: use lowercase letters, digits, `-` and `_`, and start \
             with a letter",
            name.text
        );
        errors.add(syn::Error::new(name.span, message));
    }
}

pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_lowercase());
    let rest = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-'
    };
    first && letters.all(rest)
}

/// Reports a description that is no single line of text.
pub(crate) fn desc(desc: &LitStr, errors: &mut Errors) {
    if let Some(sign) = desc.value().chars().find(|sign| is_hidden(*sign)) {
        let text = match sign {
            '\0' | '\n' => "`desc` must be a single line of text".to_owned(),
            sign => format!(
                "`desc` must not contain U+{:04X}, which does not show as itself",
                u32::from(sign)
            ),
        };
        errors.at(desc, &text);
    }
}

/// Whether the character is a control character, a separator of lines, or changes the direction
/// of the text. `dlkm-metadata/src/visible.rs`, which refuses such an image, has the same function.
fn is_hidden(sign: char) -> bool {
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

/// What is wrong with a text that should be a version.
pub(crate) fn version_mistake(text: &str) -> Option<String> {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<_> = core.split('.').collect();
    let number = |part: &&str| part.parse::<u64>().is_ok() && !part.starts_with('+');
    let wrong = numbers.len() != 3
        || !numbers.iter().all(number)
        || text.contains(|sign| sign == ' ' || is_hidden(sign));
    wrong.then(|| {
        format!("\"{text}\" is not a valid version: write \"major.minor.patch\", as in \"1.0.2\"")
    })
}
