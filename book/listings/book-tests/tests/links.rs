//! The book's links into the repository lead to files that are there, and a link with the name of a test to
//! the file that has it.

use std::fs;
use std::path::{Path, PathBuf};

fn chapters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src")
}

/// The links out of the book: what they say, and where they lead.
fn links(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices("](../../").map(|(at, _)| {
        let says = text[..at].rsplit('[').next().expect("the text of the link");
        let target = text[at + 2..].split(')').next().expect("its target");
        (says.trim_matches('`'), target)
    })
}

/// Whether a source has a function of that name.
fn has(source: &str, name: &str) -> bool {
    source.contains(&format!("fn {name}("))
}

#[test]
fn links_into_the_repository_lead_somewhere() {
    let mut followed = 0;
    for chapter in fs::read_dir(chapters()).expect("the chapters") {
        let chapter = chapter.expect("an entry").path();
        if chapter.extension().is_none_or(|suffix| suffix != "md") {
            continue;
        }
        let text = fs::read_to_string(&chapter).expect("text");
        for (says, target) in links(&text) {
            let source = fs::read_to_string(chapters().join(target))
                .unwrap_or_else(|error| panic!("{}: {target}: {error}", chapter.display()));
            let is_test = target.ends_with(".rs");
            assert!(
                !is_test || has(&source, says),
                "{}: {target} has no `{says}`",
                chapter.display()
            );
            followed += 1;
        }
    }
    assert!(followed > 100, "the links were not found");
}

/// Each row of the tables for HP-UX's users ends with a test, or with the word that there is none.
#[test]
fn each_row_names_its_test() {
    let text = fs::read_to_string(chapters().join("hp-ux.md")).expect("text");
    let mut in_table = false;
    let mut rows = 0;
    for line in text.lines() {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let last = *cells.last().expect("one at least");
        if !line.starts_with('|') {
            in_table = false;
        } else if last == "shown by" {
            in_table = true;
        } else if in_table && !line.starts_with("|---") {
            assert!(last == "none" || links(last).count() == 1, "{line}");
            rows += 1;
        }
    }
    assert!(rows > 100, "the tables were not found");
}
