//! Interfaces that differ in one thing are refused by its name, and those that mean the same fit.
//! `../all` does this with some thousand pairs.

use std::path::Path;

#[test]
fn a_difference_is_refused_by_name_and_another_spelling_fits() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let pairs = scenario_pairs::some();
    assert!(pairs.len() > 500, "{}", pairs.len());
    let wrong = scenario_pairs::check(&pairs, &folder.join("pairs"), &folder.join("shared"));
    let wrong = wrong.unwrap_or_else(|error| panic!("{error}"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
