//! What an ELF file says in its notes about the libraries that it may load while it runs.

use std::fmt::{self, Write};
use std::path::Path;

use dlkm_metadata::{Metadata, ReadError, dlopen_notes};
use dlkm_tools::terminal::HEADING;
use serde_json::{Value, json};

use crate::message::{self, Message};

/// One object of a note. Everything but the names is optional.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// The names under which the library may be loaded, the best one first.
    sonames: Vec<String>,
    priority: String,
    feature: String,
    description: String,
}

/// The notes of a file; those that can't be understood are reported.
///
/// # Errors
/// The file can't be read, or its notes are damaged.
pub(crate) fn of_file(file: &Path) -> Result<Vec<Note>, ReadError> {
    let mut notes = Vec::new();
    for text in dlopen_notes(file)? {
        match parse(&text) {
            Ok(parsed) => notes.extend(parsed),
            Err(error) => message::warning(
                Message::LeftOut,
                format_args!(
                    "{}: a note `.note.dlopen` is left out: {error}",
                    file.display()
                ),
            ),
        }
    }
    Ok(notes)
}

/// Leaves out what the module itself provides: its image contains the interface's crate too.
pub(crate) fn without_own(notes: Vec<Note>, module: &Metadata) -> Vec<Note> {
    let is_own = |note: &Note| {
        let interfaces = module.counted_names();
        interfaces.contains(&&*note.feature) && note.sonames == [format!("{}.so", note.feature)]
    };
    notes.into_iter().filter(|note| !is_own(note)).collect()
}

fn parse(text: &str) -> Result<Vec<Note>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
    let Value::Array(objects) = value else {
        return Err("no JSON array".to_owned());
    };
    objects.iter().map(object).collect()
}

fn object(value: &Value) -> Result<Note, String> {
    let string = |value: &Value| value.as_str().map(str::to_owned);
    let text = |key: &str| value.get(key).and_then(string).unwrap_or_default();
    let sonames = value.get("soname").and_then(Value::as_array);
    let sonames = sonames.and_then(|names| names.iter().map(string).collect());
    Ok(Note {
        sonames: sonames.ok_or("an object has no array `soname` of strings")?,
        // What the specification says of a missing one.
        priority: match &*text("priority") {
            "" => "recommended".to_owned(),
            given => given.to_owned(),
        },
        feature: text("feature"),
        description: text("description"),
    })
}

pub(crate) fn json(notes: &[Note]) -> Value {
    let object = |note: &Note| {
        json!({
            "soname": note.sonames,
            "priority": note.priority,
            "feature": note.feature,
            "description": note.description,
        })
    };
    notes.iter().map(object).collect()
}

pub(crate) fn show(out: &mut String, notes: &[Note]) -> fmt::Result {
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "{HEADING}may load{HEADING:#}")?;
    for note in notes {
        let names: Vec<String> = note.sonames.iter().map(|name| visible(name)).collect();
        write!(out, "  {} ({}", names.join(" or "), visible(&note.priority))?;
        if !note.feature.is_empty() {
            write!(out, ", for {}", visible(&note.feature))?;
        }
        write!(out, ")")?;
        if !note.description.is_empty() {
            write!(out, ": {}", visible(&note.description))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The text without characters that would control a terminal.
fn visible(text: &str) -> String {
    let show = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    text.chars().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_another_project_is_shown() {
        let text = r#"[{"soname":["libz.so.1","libz-ng.so.2"],"feature":"z","priority":"suggested",
            "description":"Packs \u001b[31m","more":1},{"soname":["a.so"]}]"#;
        let mut out = String::new();
        show(&mut out, &parse(text).unwrap()).unwrap();
        let (_, lines) = out.split_once('\n').unwrap();
        assert_eq!(
            lines,
            "  libz.so.1 or libz-ng.so.2 (suggested, for z): Packs \\u{1b}[31m\n  \
             a.so (recommended)\n"
        );
    }

    #[test]
    fn what_is_no_note_is_an_error() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{}",
            "[1]",
            "[{}]",
            r#"[{"soname":"a.so"}]"#,
            r#"[{"soname":[1]}]"#,
            r#"[{"soname":["a"]}] x"#,
            &deep,
        ] {
            assert!(parse(text).is_err(), "{:.20}", text);
        }
    }
}
