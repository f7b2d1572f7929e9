//! Compares the instructions of calls through dlkm with `instructions.txt`, which
//! `BLESS=1 cargo test -p dlkm-bench --test instructions` writes anew. They are those of the pinned
//! compiler, for one target, whatever else the machine does.

#![cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]

// Both have more than this test needs.
#[allow(dead_code)]
#[path = "../src/built.rs"]
mod built;
#[allow(dead_code)]
#[path = "../src/instructions.rs"]
mod instructions;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A call may take so much more than the file says.
const MORE: f64 = 1.03;

/// The file's text for what was counted.
fn listing(counts: &[(String, f64)]) -> String {
    let lines = counts
        .iter()
        .map(|(name, count)| format!("{count:.2}\t{name}\n"));
    let mut text = String::from(
        "# Instructions of one turn of a loop that calls `add`, with the loop and `add` itself.\n\
         # Written by instructions.rs.\n",
    );
    text.extend(lines);
    text
}

fn parse(text: &str) -> Vec<(String, f64)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter_map(|line| {
        let (count, name) = line.split_once('\t')?;
        Some((name.to_owned(), count.parse().ok()?))
    });
    lines.collect()
}

/// The program with the calls through dlkm alone, with the modules that they reach.
fn build() -> PathBuf {
    let (contenders, target) = (built::contenders(), built::place());
    let args = ["--release", "--package", "own"];
    built::cargo(&contenders, &target, &args, "");
    built::modules(&contenders, &target, &built::CALLED);
    target.join("release/own")
}

#[test]
fn a_call_takes_no_more_instructions_than_before() {
    if !instructions::can_count() {
        let _ = writeln!(std::io::stderr(), "skipped: valgrind is not installed");
        return;
    }
    let counts = instructions::count(&build(), &[]).unwrap();
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/instructions.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&place, listing(&counts)).unwrap();
    }
    let expected = parse(&fs::read_to_string(&place).unwrap());
    let mut wrong = String::new();
    for (name, count) in &counts {
        match expected.iter().find(|(known, _)| known == name) {
            None => wrong += &format!("{name}: {count:.2}, and the file has no such line\n"),
            Some((_, limit)) if *count > limit * MORE => {
                wrong += &format!("{name}: {count:.2}, more than {limit:.2}\n");
            }
            // Or else what is gained here could be lost again later.
            Some((_, limit)) if *count < limit / MORE => {
                wrong +=
                    &format!("{name}: {count:.2}, less than {limit:.2}: see it with BLESS=1\n");
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}:\n{wrong}", place.display());
    assert_eq!(
        counts.len(),
        expected.len(),
        "{} has other lines",
        place.display()
    );
}
