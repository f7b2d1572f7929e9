//! What the book shows of the benchmark: the page of all tables, and what is made from it, a short table
//! and three pictures. So no figure can differ between them.

mod chart;
mod pictures;
mod summary;
mod tables;

use std::path::{Path, PathBuf};

use tables::Tables;

/// The page with what the benchmark printed, in [`folder`].
pub const TABLES: &str = "tables.md";

/// The folder of the book with these pages.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/src/performance")
}

/// The page of tables after a run of the benchmark, which printed `output`. What it did not print stays
/// as it is in the `old` page. After a `whole` run, nothing of the old page stays.
pub fn renewed(old: &str, output: &str, whole: bool) -> String {
    tables::renewed(old, output, whole)
}

/// The files beside the page of tables that are made from it: their names, and what they contain.
///
/// # Errors
///
/// The page has no such row, or something else than a figure.
pub fn files(tables: &str) -> Result<[(&'static str, String); 4], String> {
    let tables = Tables::parse(tables);
    Ok([
        ("summary.md", summary::table(&tables)?),
        ("calls.svg", pictures::calls(&tables)?),
        ("growth.svg", pictures::growth(&tables)?),
        ("size.svg", pictures::size(&tables)?),
    ])
}
