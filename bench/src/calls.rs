//! Time and instructions of one call.

use std::collections::BTreeMap;

use crate::built::Built;
use crate::figures::{self, Figures};
use crate::median::{median, spread};
use crate::table::Table;

/// Starts of the program: each has another layout of memory.
const STARTS: usize = 3;

/// The contender that the others are compared with.
const SLOT: &str = "slot";

/// Prints the table. `rounds` is `None` without timing, `counts` without instructions.
pub(crate) fn report(
    built: &Built,
    rounds: Option<usize>,
    counts: Option<Result<Vec<(String, f64)>, String>>,
) {
    let mut figures = Figures::new();
    let mut names = Vec::new();
    for start in 0..rounds.map_or(0, |_| STARTS) {
        eprintln!("calls: start {} of {STARTS}", start + 1);
        figures::run(
            &built.file("bench-host"),
            rounds.unwrap_or(0),
            &mut figures,
            &mut names,
        );
    }
    let mut instructions = BTreeMap::new();
    let mut note = None;
    match counts {
        Some(Ok(counts)) => {
            for (name, count) in counts {
                if !names.contains(&name) {
                    names.push(name.clone());
                }
                instructions.insert(name, count);
            }
        }
        Some(Err(why)) => note = Some(why),
        None => {}
    }
    let of = |name: &str, threads: usize| figures.get(&(name.to_owned(), threads));
    let slot = of(SLOT, 1).map(|values| median(values));
    let show = |value: Option<f64>, digits: usize| {
        // On a busy machine, two threads may never have run at the same time.
        let value = value.filter(|value| !value.is_nan());
        value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
    };
    let mut table = Table::new(&[
        "call of `add`",
        "ns",
        "ratio",
        "±",
        "2 threads, ns each",
        "instructions",
    ]);
    for name in &names {
        let one = of(name, 1);
        let ns = one.map(|values| median(values));
        let ratio = ns.zip(slot).map(|(ns, slot)| ns / slot);
        let spread = one.map(|values| 100.0 * spread(values));
        table.row(vec![
            name.clone(),
            show(ns, 2),
            show(ratio, 2),
            spread.map_or("–".into(), |spread| format!("{spread:.0} %")),
            show(of(name, 2).map(|values| median(values)), 2),
            show(instructions.get(name).copied(), 0),
        ]);
    }
    let rounds = rounds.map_or("not timed".into(), |rounds| {
        format!("medians of {STARTS} × {rounds} rounds, all contenders in turn")
    });
    table.print(&format!(
        "## One call\n\nOne turn of a loop that adds up numbers; {rounds}. The loop and the \
         function called are part of time and instructions. One thread's time is its own, without what other programs took; that of two is \
         the clock's, of the rounds in which both had a processor all the time. `±` is half the distance between the \
         quarters of the rounds."
    ));
    if let Some(why) = note {
        println!("Instructions were not counted: {why}.\n");
    }
}
