//! A few hundred functions; `cargo run -p unmap-tests --example many` makes thousands.

use std::path::Path;

use unmap_tests::{Batch, Outcome, Summary};

#[test]
fn nothing_is_kept_of_an_image_that_would_be_unmapped() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unmap");
    let mut batch = Batch::generate(&folder.join("attempts"), &folder.join("target"), 1, 200);
    let outcomes = batch.run();
    let summary = Summary::of(&batch, &outcomes);
    println!("{summary}");
    // The attempts are able to show something, and the rule allows something.
    assert!(summary.kept_by_caller >= 15 && summary.kept_by_provider >= 10);
    assert!(summary.providers_unmapped >= 20 && summary.callers_unmapped >= 10);
    // Some of it because of shields, whose errors carry nothing of their maker.
    let shielded = |one: &&Outcome| one.caller.is_empty() && one.signature.contains("dyn io::");
    assert!(outcomes.iter().filter(shielded).count() >= 10);
    let holes: Vec<_> = outcomes.iter().filter(|one| one.is_hole()).collect();
    for Outcome {
        signature, code, ..
    } in &holes
    {
        println!("{signature}\n{code}");
    }
    assert!(holes.is_empty(), "{} holes", holes.len());
}
