//! From an enum to the AST. Reports what can't be words.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Meta, Path};

use super::ast::Choice;
use crate::args::Args;
use crate::errors::Errors;
use crate::runtime::Runtime;

/// `None` if it is no enum.
pub(super) fn parse<'a>(item: &'a DeriveInput, errors: &mut Errors) -> Option<Choice<'a>> {
    let Data::Enum(data) = &item.data else {
        let message = "`TunableChoice` can be derived only for an `enum`";
        errors.at(&item.ident, message);
        return None;
    };
    if !item.generics.params.is_empty() {
        let message = "the enum of a tunable has no generic parameters";
        errors.at(&item.generics, message);
        return None;
    }
    if data.variants.is_empty() {
        let message = "the enum of a tunable has at least one variant";
        errors.at(&item.ident, message);
    }
    let mut variants: Vec<(_, String)> = Vec::new();
    for variant in &data.variants {
        let word = kebab_case(&variant.ident.unraw().to_string());
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a value of a tunable is a word, so this variant can't have fields";
            errors.at(variant, message);
            continue;
        }
        if let Some((other, _)) = variants.iter().find(|(_, known)| *known == word) {
            let message = format!("`{other}` is `{word}` in the system file too: rename one");
            errors.at(&variant.ident, message);
        }
        variants.push((&variant.ident, word));
    }
    Some(Choice {
        runtime: runtime(item, errors),
        ident: &item.ident,
        variants,
    })
}

/// `#[choice(crate = path)]`
fn runtime(item: &DeriveInput, errors: &mut Errors) -> Path {
    let ours = |one: &&syn::Attribute| one.path().is_ident("choice");
    let mut tokens = TokenStream::new();
    for attribute in item.attrs.iter().filter(ours) {
        match &attribute.meta {
            Meta::List(list) => tokens = list.tokens.clone(),
            _ => errors.at(
                attribute,
                "write `#[choice(crate = path)]`, or remove the attribute",
            ),
        }
    }
    let mut args = Args::parse(tokens, errors);
    let runtime = Runtime::take(&mut args, "choice", errors).path;
    args.finish(errors);
    runtime
}

/// `WriteBack` → `write-back`, `LZ4Fast` → `lz4-fast`.
fn kebab_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut word = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| letters[i]);
        let lower_after = letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        let begins = letter.is_uppercase()
            && before
                .is_some_and(|before| before != '_' && (!before.is_uppercase() || lower_after));
        if begins {
            word.push('-');
        }
        match letter {
            '_' => word.push('-'),
            letter => word.extend(letter.to_lowercase()),
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::kebab_case;

    #[test]
    fn names_of_variants_become_words() {
        for (name, word) in [
            ("Off", "off"),
            ("WriteBack", "write-back"),
            ("LZ4", "lz4"),
            ("LZ4Fast", "lz4-fast"),
            ("Sha256", "sha256"),
            ("Two_Parts", "two-parts"),
            ("A", "a"),
        ] {
            assert_eq!(kebab_case(name), word);
        }
    }
}
