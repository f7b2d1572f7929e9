//! Each source file says in its first line why it exists.

use source_tests::files::Files;

/// Listings and UI cases, which are shown as they are, and unit tests, which share the first line of
/// the file that they test.
fn is_exempt(path: &str) -> bool {
    let listing =
        path.starts_with("book/listings/") && !path.starts_with("book/listings/book-tests/");
    listing
        || path.starts_with("book/listings/book-tests/expansion/")
        || path.starts_with("ui-tests/fail/")
        || path.starts_with("ui-tests/pass/")
        || path.ends_with("/tests.rs")
}

#[test]
fn each_file_begins_with_what_it_is_for() {
    let files = Files::of_repository();
    let mut silent = Vec::new();
    for path in files.paths().filter(|path| path.ends_with(".rs")) {
        let text = files.text(path).expect("it is one of the paths");
        let described = text.starts_with("//! ") || text.starts_with("#![doc = include_str!(");
        if !described && !is_exempt(path) {
            silent.push(path);
        }
    }
    assert!(
        silent.is_empty(),
        "no `//!` at the top of {}",
        silent.join(", ")
    );
}
