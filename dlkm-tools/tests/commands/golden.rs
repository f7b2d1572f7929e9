//! What each command prints, word for word: `golden/NAME.txt`. `BLESS=1` writes them anew.

use std::env;
use std::fs;
use std::path::Path;

use crate::root::Root;

/// Runs command lines one after the other, and compares what they print with a file.
#[track_caller]
pub(crate) fn session(name: &str, root: &Root, lines: &[&str]) {
    let mut text = String::new();
    for line in lines {
        let (code, said) = root.says(line);
        text += &format!("$ {line}\n{said}[{code}]\n\n");
    }
    compare(name, &steady(&text, root));
}

/// Compares a text with a file.
#[track_caller]
pub(crate) fn compare(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/golden");
    let file = folder.join(format!("{name}.txt"));
    if env::var_os("BLESS").is_some() {
        fs::write(&file, text).unwrap();
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        golden == text,
        "{} differs; look at it, and run the test with BLESS=1 if this is right:\n{text}",
        file.display()
    );
}

/// The text with what differs from run to run replaced.
pub(crate) fn steady(text: &str, root: &Root) -> String {
    let mut text = text.replace(&root.path().display().to_string(), "ROOT");
    text = text.replace(&root.base().display().to_string(), "BASE");
    let by = dlkm_config::By::now("");
    // The log has the number of a user without a name.
    let user = match by.user.as_str() {
        "" => by.uid.to_string(),
        user => user.to_owned(),
    };
    text = text.replace(&format!("Z {user}"), "Z USER");
    text = text.replace(&format!("\"user\": {:?}", by.user), "\"user\": \"USER\"");
    text = text.replace(&format!("\"uid\": {}", by.uid), "\"uid\": 0");
    times(&text)
}

/// Times as `2026-01-02T03:04:05Z` become `TIME`.
fn times(text: &str) -> String {
    const FORM: &str = "0000-00-00T00:00:00Z";
    let fits = |part: &str| {
        part.chars()
            .zip(FORM.chars())
            .all(|(sign, form)| match form {
                '0' => sign.is_ascii_digit(),
                form => sign == form,
            })
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        match rest.get(..FORM.len()) {
            Some(part) if fits(part) => {
                out += "TIME";
                rest = &rest[FORM.len()..];
            }
            _ => {
                out.push(sign);
                rest = &rest[sign.len_utf8()..];
            }
        }
    }
    out
}
