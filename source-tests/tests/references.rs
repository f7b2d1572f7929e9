//! The names of files and items in the documents exist.

use source_tests::files::Files;
use source_tests::references::{Known, spans};

/// First names of paths that lead out of this repository, or to something that its source does not
/// define, and what they are.
const ELSEWHERE: &[(&str, &str)] = &[
    ("std", "Rust's library"),
    ("io", "`std::io`"),
    ("fmt", "`std::fmt`"),
    ("anyhow", "a crate that authors may use"),
    ("tokio", "a crate that authors may use"),
    ("tracing", "a crate that authors may use"),
    ("codecsw", "a module that `#[switch]` generates"),
    (
        "rt",
        "the runtime's private module, as generated code names it",
    ),
];

/// Pieces of code that look like names of the repository, and what they are.
const OTHERS: &[(&str, &str)] = &[
    ("NAME.modmeta.h", "a file of HP-UX"),
    ("lazy/libz.so.1", "a file that a chapter makes"),
    ("lazy/real/libz.so.1", "a file that a chapter makes"),
    ("modules/shm_stub.so", "a file that a chapter makes"),
    ("space.h", "a file of HP-UX"),
    ("thread::current()", "`std::thread`"),
    ("thread::panicking()", "`std::thread`"),
];

#[test]
fn names_in_documents_exist() {
    let files = Files::of_repository();
    let known = Known::new(&files).unwrap_or_else(|error| panic!("{error}"));
    let mut missing = Vec::new();
    let mut used = Vec::new();
    for path in files.paths().filter(|path| path.ends_with(".md")) {
        for span in spans(files.text(path).expect("it is one of the paths")) {
            let code = span.code.as_str();
            let first = code.split("::").next().expect("split gives one");
            let allowed =
                |(name, _): &&(&str, &str)| *name == code || (*name == first && first != code);
            if let Some((name, _)) = ELSEWHERE.iter().chain(OTHERS).find(allowed) {
                used.push(*name);
            } else if let Some(problem) = known.problem(code) {
                missing.push(format!("{path}:{}: `{code}` {problem}", span.line));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    let unused = ELSEWHERE
        .iter()
        .chain(OTHERS)
        .filter(|(name, _)| !used.contains(name));
    let unused: Vec<_> = unused.map(|(name, _)| *name).collect();
    assert!(unused.is_empty(), "no document names {unused:?} any more");
}
