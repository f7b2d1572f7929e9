//! A table of changes to an interface. The host refuses a module that was built against one of
//! `TYPES` or `SIGNATURES` before its code runs, and the message names the differences. It accepts
//! a module that was built against a harmless change, and the module's functions return the right
//! results.
//!
//! `SHOW=1 cargo test -p scenario-refused-host -- --nocapture` prints all messages.

mod rows;
mod support;

use rows::{Harmless, Row, SIGNATURES, TYPES, all_harmless, harmless};
use support::{Run, Variant, Workspace};

/// What the host prints if the module is refused; `!` stands for the error.
const REFUSED: &str = "\
count: 0
open!
open!
header!
seek!
block!
place!
write!
written: Bytes([])
visit: 0 []
before!
extent!
ask!
ask!
asked: ab
count: 0
finish: None
mapped: false
";

/// What the module prints when its code runs.
const RUNS: &str = "code of the module runs\nthe load hook of the module runs\n";

/// What the host prints for a row of the table.
fn refusal(differences: &str) -> String {
    let lines = REFUSED.lines().map(|line| match line.strip_suffix('!') {
        None => format!("{line}\n"),
        Some(function) => format!(
            "{function} failed: can't load module `archive` for `archive::{function}`: the module \
             was built for another version of interface `archive` (caller's → module's): \
             {differences}; build the module against the interface that the caller uses\n"
        ),
    });
    lines.collect()
}

#[test]
fn changes_of_types_and_signatures_are_refused() {
    let rows: Vec<&Row> = TYPES.iter().chain(SIGNATURES).collect();
    let hollow = rows.iter().map(|(name, api, _)| Variant::hollow(name, api));
    let variants: Vec<_> = hollow.chain([Variant::hollow("control", &[])]).collect();
    let workspace = Workspace::new("rows", &variants);
    workspace.build(&variants);

    let show = std::env::var_os("SHOW").is_some();
    let mut wrong = String::new();
    for (name, _, differences) in rows {
        let run = workspace.run(name);
        if show {
            println!("{name}: {}", said(&run));
        }
        if !(run.stdout == refusal(differences) && run.stderr.is_empty() && run.success) {
            wrong += &format!("{name}: {}\n{}{}\n", said(&run), run.stdout, run.stderr);
        }
    }
    // A row can fail: the same driver, built against the unchanged interface, does run.
    let control = workspace.run("control");
    assert!(control.stderr.starts_with(RUNS), "{}", control.stderr);
    assert!(wrong.is_empty(), "{wrong}");
}

/// The differences in the first message.
fn said(run: &Run) -> &str {
    let text = run.stdout.lines().nth(1).unwrap_or_default();
    let text = text
        .split_once("module's): ")
        .map_or(text, |(_, rest)| rest);
    text.split_once("; build the")
        .map_or(text, |(text, _)| text)
}

#[test]
fn harmless_changes_are_accepted() {
    let rows = all_harmless();
    let workspace = Workspace::new("harmless", rows.iter().map(|row| &row.variant));
    workspace.build(rows.iter().map(|row| &row.variant));
    let mut wrong = String::new();
    for row in &rows {
        wrong += &unlike(&workspace.run(row.variant.name), row);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Modules that `cargo dlkm` builds, in other ways than the host is built.
#[test]
fn modules_built_in_other_ways_are_accepted() {
    let optimised = harmless("optimised", &[]);
    let log = harmless("forwards-log", &[]).features("\"log\"");
    let workspace = Workspace::new("ways", [&optimised.variant, &log.variant]);
    workspace.build_one(&optimised.variant, |build| build.release());
    workspace.build_one(&log.variant, |build| build);
    let wrong = [optimised, log].map(|row| unlike(&workspace.run(row.variant.name), &row));
    assert_eq!(wrong, ["", ""]);
}

/// What a run printed, if that is not what the row expects; otherwise empty.
fn unlike(run: &Run, row: &Harmless) -> String {
    let name = row.variant.name;
    if run.success && run.stdout == row.expected() && run.stderr == RUNS {
        return String::new();
    }
    format!("{name}: {}{}\n", run.stdout, run.stderr)
}
