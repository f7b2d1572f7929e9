//! Which names a new workspace may have: those that are good names of three packages, of a module and
//! of a trait.

/// A checked name, in the forms that the files need.
#[derive(Debug)]
pub(super) struct Name {
    /// As given: `word-count`.
    pub(super) text: String,
}

/// Lines of the files with a longer one would need other line breaks.
const LONGEST: usize = 32;

/// Names of crates that Rust or Cargo keep for themselves.
const RESERVED: &[&str] = &["alloc", "core", "proc-macro", "std", "test"];

/// Types of the new interface crate, which a trait of that name would hide.
const TAKEN: &[&str] = &["LoadError", "Result"];

impl Name {
    /// Checks `text`. The error says what is wrong, to follow the name.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let name = Name {
            text: text.to_owned(),
        };
        if !text.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err("does not begin with a small letter from a to z".to_owned());
        }
        let is_bad =
            |one: &char| !one.is_ascii_lowercase() && !one.is_ascii_digit() && !"-_".contains(*one);
        if let Some(bad) = text.chars().find(is_bad) {
            return Err(format!(
                "contains {bad:?}; use letters from a to z, digits, `-` and `_`"
            ));
        }
        if text.len() > LONGEST {
            return Err(format!(
                "has {} characters, and the limit is {LONGEST}",
                text.len()
            ));
        }
        if syn::parse_str::<syn::Ident>(&name.ident()).is_err() {
            return Err("is a keyword of Rust".to_owned());
        }
        let with_hyphens = text.replace('_', "-");
        if RESERVED.contains(&&*with_hyphens) {
            return Err("is a crate of Rust itself".to_owned());
        }
        if with_hyphens == "dlkm" || with_hyphens.starts_with("dlkm-") {
            return Err("is a name for crates of dlkm".to_owned());
        }
        if TAKEN.contains(&&*name.trait_name()) {
            let name = name.trait_name();
            return Err(format!("would make the trait hide the type `{name}`"));
        }
        Ok(name)
    }

    /// As an identifier: `word_count`.
    pub(super) fn ident(&self) -> String {
        self.text.replace('-', "_")
    }

    /// As the name of the trait: `WordCount`.
    pub(super) fn trait_name(&self) -> String {
        let words = self.text.split(['-', '_']).filter(|word| !word.is_empty());
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        words.map(capital).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_name_has_three_forms() {
        for (text, ident, trait_name) in [
            ("words", "words", "Words"),
            ("word-count", "word_count", "WordCount"),
            ("net_ip-v4", "net_ip_v4", "NetIpV4"),
            ("x9", "x9", "X9"),
            ("driver", "driver", "Driver"),
            ("a--b-", "a__b_", "AB"),
        ] {
            let name = Name::new(text).unwrap();
            assert_eq!((&*name.ident(), &*name.trait_name()), (ident, trait_name));
        }
    }

    #[test]
    fn a_bad_name_is_refused_with_the_reason() {
        let long = "a".repeat(33);
        for (text, reason) in [
            ("", "does not begin"),
            ("9p", "does not begin"),
            ("-x", "does not begin"),
            ("Words", "does not begin"),
            ("word count", "contains ' '"),
            ("wörter", "contains 'ö'"),
            ("a/b", "contains '/'"),
            ("a\0b", "contains '\\0'"),
            ("loop", "keyword"),
            ("async", "keyword"),
            ("std", "crate of Rust"),
            ("proc_macro", "crate of Rust"),
            ("dlkm-rt", "crates of dlkm"),
            ("dlkm_x", "crates of dlkm"),
            ("result", "hide the type `Result`"),
            ("load-error", "hide the type `LoadError`"),
            (&long, "33 characters"),
        ] {
            let error = Name::new(text).unwrap_err();
            assert!(error.contains(reason), "{text:?}: {error}");
        }
    }
}
