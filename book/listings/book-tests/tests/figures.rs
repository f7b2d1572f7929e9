//! The performance chapter's short table and its pictures are made from the benchmark's tables, and show
//! the same figures. `BLESS=1 cargo test -p book-tests --test figures` makes them anew.

use std::fs;

#[test]
fn the_chapter_shows_the_figures_of_the_tables() {
    let place = dlkm_bench::folder();
    let tables = fs::read_to_string(place.join(dlkm_bench::TABLES)).unwrap();
    let chapter = fs::read_to_string(place.join("../performance.md")).unwrap();
    for (name, text) in dlkm_bench::files(&tables).unwrap() {
        let file = place.join(name);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, &text).unwrap();
        }
        let shown = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            shown == text,
            "{} is not made from {}; make it with BLESS=1",
            file.display(),
            dlkm_bench::TABLES
        );
        assert!(
            chapter.contains(&format!("{{{{#include performance/{name}}}}}")),
            "the chapter does not show {name}"
        );
    }
}
