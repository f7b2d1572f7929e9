//! Types in the chapter "A first module": its files and its commands, one after the other, in an
//! empty folder beside a checkout of dlkm. Each line of output that the chapter shows has to come.

mod reader;

use std::fs;
use std::path::Path;

use reader::{Reader, steps, with_includes};

#[test]
fn the_tutorial_works_as_written() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let checkout = checkout.canonicalize().unwrap();
    let chapter = checkout.join("book/src/first-module.md");
    let text = with_includes(&fs::read_to_string(&chapter).unwrap(), &chapter);
    let home = tempfile::tempdir().unwrap();
    let mut reader = Reader::new(home.path().canonicalize().unwrap(), &checkout);
    for step in steps(&text) {
        reader.take(step);
    }
    assert!(reader.commands > 8, "the chapter's commands were not found");
}

/// mdBook would leave out a listing that it can't find, and say nothing.
#[test]
fn every_listing_is_there() {
    let chapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
    for chapter in fs::read_dir(chapters).unwrap() {
        let chapter = chapter.unwrap().path();
        if chapter.extension().is_some_and(|suffix| suffix == "md") {
            with_includes(&fs::read_to_string(&chapter).unwrap(), &chapter);
        }
    }
}
