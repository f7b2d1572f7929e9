//! A mutant weakens each ordering and barrier of the modelled files, or the list has the reason why
//! no model can show that it is needed.

use std::fs;
use std::path::Path;

#[allow(dead_code, reason = "the other half is for examples/mutants.rs")]
#[path = "../mutants/list.rs"]
mod list;

use list::{MUTANTS, UNWATCHED, WATCHED};

const STRONG: [&str; 6] = [
    "Acquire",
    "Release",
    "AcqRel",
    "SeqCst",
    "light_barrier",
    "heavy_barrier",
];

fn source(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The lines of code that order something.
fn orderings(source: &str) -> impl Iterator<Item = &str> {
    let code = |line: &&str| {
        let line = line.trim_start();
        !line.starts_with("//") && !line.starts_with("use ")
    };
    source
        .lines()
        .filter(code)
        .filter(|line| STRONG.iter().any(|word| line.contains(word)))
}

#[test]
fn each_ordering_is_watched_or_excused() {
    let mut found = 0;
    for file in WATCHED {
        for line in orderings(&source(file)) {
            found += 1;
            let weakened = MUTANTS
                .iter()
                .filter(|mutant| mutant.file == *file)
                .any(|mutant| mutant.find.contains(line.trim()) || line.contains(mutant.find));
            let excused = UNWATCHED
                .iter()
                .any(|one| one.file == *file && line.contains(one.line));
            assert!(weakened != excused, "{file}: {line}");
        }
    }
    assert!(found >= UNWATCHED.len() + 5, "{found} lines");
}

#[test]
fn each_mutant_and_each_excuse_finds_its_place() {
    for mutant in MUTANTS {
        let text = source(mutant.file);
        assert_eq!(
            text.matches(mutant.find).count(),
            1,
            "{}: {}",
            mutant.file,
            mutant.find
        );
        assert_ne!(mutant.find, mutant.replace);
    }
    for one in UNWATCHED {
        let text = source(one.file);
        let lines = orderings(&text).filter(|line| line.contains(one.line));
        assert_eq!(lines.count(), 1, "{}: {}", one.file, one.line);
    }
}

#[test]
fn each_mutant_names_a_model() {
    for mutant in MUTANTS {
        let (file, test) = mutant.by.split_once("::").expect("file and test");
        let models = source(&format!("models/tests/models/{file}.rs"));
        let model = format!("#[test]\nfn {test}() {{");
        assert!(models.contains(&model), "no model `{}`", mutant.by);
    }
}
