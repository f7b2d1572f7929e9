//! The words of a line of the system file, and the blanks between them, which edits keep.

use dlkm_system::{Idle, Value};

use crate::spec::ModuleSpec;

/// A line as words, each with the blanks before it. Blanks at the end have an empty word.
struct Words<'a>(Vec<(&'a str, String)>);

impl<'a> Words<'a> {
    fn of(line: &'a str) -> Self {
        let mut words = Vec::new();
        let mut rest = line;
        while !rest.is_empty() {
            let word = rest.trim_start_matches([' ', '\t']);
            let (blanks, word) = rest.split_at(rest.len() - word.len());
            let end = word.find([' ', '\t']).unwrap_or(word.len());
            words.push((blanks, word[..end].to_owned()));
            rest = &word[end..];
        }
        Words(words)
    }

    fn insert(&mut self, at: usize, word: &str) {
        self.0.insert(at, (" ", word.to_owned()));
    }

    /// Where words are added: before blanks at the end.
    fn end(&self) -> usize {
        let last = self.0.last().is_some_and(|(_, word)| word.is_empty());
        self.0.len() - usize::from(last)
    }

    /// Sets or removes `KEY VALUE`.
    fn set_pair(&mut self, key: &str, value: Option<&str>) {
        // The first three are `module`, the name and the state.
        let at = (3..self.0.len()).find(|at| self.0[*at].1 == key);
        match (at, value) {
            (Some(at), Some(value)) => self.0[at + 1].1 = value.to_owned(),
            (Some(at), None) => drop(self.0.drain(at..at + 2)),
            (None, Some(value)) => {
                let end = self.end();
                self.insert(end, value);
                self.insert(end, key);
            }
            (None, None) => {}
        }
    }

    fn text(&self) -> String {
        let parts = self.0.iter();
        parts.flat_map(|(blanks, word)| [*blanks, word]).collect()
    }
}

/// The line, saying `new` in place of `old`.
pub(crate) fn set_module(line: &str, old: &ModuleSpec, new: &ModuleSpec) -> String {
    let mut words = Words::of(line);
    if old.choice != new.choice {
        words.0[2].1 = new.choice.to_string();
    }
    match (&old.version, &new.version) {
        (Some(_), Some(version)) => words.0[3].1.clone_from(version),
        (Some(_), None) => drop(words.0.remove(3)),
        (None, Some(version)) => words.insert(3, version),
        (None, None) => {}
    }
    if old.phase != new.phase {
        words.set_pair("phase", new.phase.map(|phase| phase.as_str()));
    }
    if old.idle != new.idle {
        words.set_pair("idle", new.idle.map(idle).as_deref());
    }
    words.text()
}

/// A new line about a module.
pub(crate) fn module(spec: &ModuleSpec) -> String {
    let old = ModuleSpec::new(&spec.name, spec.choice);
    set_module(&format!("module {} {}", spec.name, spec.choice), &old, spec)
}

/// A time as the line `module` has it.
pub(crate) fn idle(idle: Idle) -> String {
    match idle {
        Idle::Never => "never".to_owned(),
        Idle::After(time) => Value::Duration(time).to_string(),
    }
}

/// The line with another text after its first words.
pub(crate) fn set_rest(line: &str, first: usize, text: &str) -> String {
    let mut words = Words::of(line);
    words.0.truncate(first + 1);
    match words.0.get_mut(first) {
        Some((_, word)) => text.clone_into(word),
        None => words.insert(first, text),
    }
    words.text()
}

/// Whether a text can be the value on a line `tunable`.
pub(crate) fn is_value(text: &str) -> bool {
    let shows = |sign: char| !sign.is_control() || sign == '\t';
    let whole = match text.strip_prefix('"') {
        Some(rest) => rest
            .strip_suffix('"')
            .is_some_and(|text| !text.contains('"')),
        None => !text.is_empty(),
    };
    whole && text.trim_matches([' ', '\t']) == text && text.chars().all(shows)
}

#[cfg(test)]
mod tests {
    use dlkm_metadata::Phase;
    use dlkm_system::Choice;

    use super::*;

    fn spec(choice: Choice) -> ModuleSpec {
        ModuleSpec::new("m", choice)
    }

    #[test]
    fn a_line_keeps_its_blanks() {
        let new = spec(Choice::Auto);
        let line = " module\tm   loaded  \t";
        assert_eq!(
            set_module(line, &spec(Choice::Loaded), &new),
            " module\tm   auto  \t"
        );
    }

    #[test]
    fn words_are_set_added_and_removed() {
        let old = spec(Choice::Loaded);
        let mut new = old.clone();
        new.version = Some("1.2".to_owned());
        new.phase = Some(Phase::Boot2);
        new.idle = Some(Idle::Never);
        let full = "module m loaded 1.2 phase boot2 idle never";
        assert_eq!(module(&new), full);
        assert_eq!(
            set_module("module m loaded ", &old, &new),
            format!("{full} ")
        );
        assert_eq!(set_module(full, &new, &old), "module m loaded");
        let mut other = new.clone();
        (other.version, other.phase) = (Some("2".to_owned()), Some(Phase::Init));
        assert_eq!(
            set_module(
                "module m loaded  1.2  idle  never  phase boot2",
                &new,
                &other
            ),
            "module m loaded  2  idle  never  phase init"
        );
    }

    #[test]
    fn a_value_replaces_all_words_of_the_one_before() {
        assert_eq!(set_rest("tunable  t \"a b\" ", 2, "5"), "tunable  t 5");
        assert_eq!(set_rest("tunable t a + b", 2, "c"), "tunable t c");
    }

    #[test]
    fn values_are_what_a_line_can_have() {
        for good in ["5", "a + b", "\"a b\"", "\"\"", "say \"a\"", "10%"] {
            assert!(is_value(good), "{good}");
        }
        for bad in [
            "", " 5", "5 ", "\"", "\"a", "\"a\"b\"", "a\nb", "a\rb", "\u{1b}",
        ] {
            assert!(!is_value(bad), "{bad}");
        }
    }
}
