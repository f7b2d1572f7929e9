//! A rule that stands in two crates, of which neither should build the other, is the same in both.

use source_tests::files::Files;

/// A function, and the two files that have it.
const COPIES: &[(&str, [&str; 2])] = &[(
    "fn is_hidden(",
    [
        "dlkm-macros/src/check/words.rs",
        "dlkm-metadata/src/visible.rs",
    ],
)];

#[test]
fn both_copies_of_a_function_are_the_same() {
    let files = Files::of_repository();
    for (head, paths) in COPIES {
        let [one, other] = paths.map(|path| {
            let text = files.text(path).expect("the file is there");
            let from = text.find(head).expect("it has the function");
            let length = text[from..].find("\n}\n").expect("the function ends");
            &text[from..from + length]
        });
        assert_eq!(one, other, "{head}…) of {paths:?}");
    }
}
