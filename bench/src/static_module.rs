//! A call of a static module, through a slot and directly.

use std::collections::BTreeMap;

use crate::figures::{self, Figures};
use crate::median::median;
use crate::table::Table;
use crate::{built, instructions};

/// Starts of each program: each has another layout of memory.
const STARTS: usize = 3;

pub(crate) fn report(rounds: usize) {
    let programs = built::build_static();
    let mut figures = [Figures::new(), Figures::new()];
    let mut names = Vec::new();
    for start in 0..STARTS {
        eprintln!("static: start {} of {STARTS}", start + 1);
        for (program, figures) in programs.iter().zip(&mut figures) {
            figures::run(program, rounds, figures, &mut names);
        }
    }
    let mut note = None;
    let counts = programs.each_ref().map(|program| {
        let counts = instructions::count(program, &[]).map_err(|why| note = Some(why));
        BTreeMap::from_iter(counts.unwrap_or_default())
    });
    let mut table = Table::new(&[
        "call of `mix`",
        "ns",
        "instructions",
        "thin LTO: ns",
        "instructions",
    ]);
    for name in &names {
        let mut row = vec![name.clone()];
        for (figures, counts) in figures.iter().zip(&counts) {
            let ns = figures.get(&(name.clone(), 1));
            row.push(ns.map_or("–".into(), |ns| format!("{:.2}", median(ns))));
            let count = counts.get(name);
            row.push(count.map_or("–".into(), |count| format!("{count:.0}")));
        }
        table.row(row);
    }
    table.print(&format!(
        "## A static module\n\nOne turn of a loop that XORs, multiplies and adds; medians of \
         {STARTS} × {rounds} rounds. The function is in the same program, in another crate than \
         its caller; built for release, and with `lto = \"thin\"`."
    ));
    if let Some(why) = note {
        println!("Instructions were not counted: {why}.\n");
    }
}
