//! Time of the first call, which loads its module.

use crate::built::Built;
use crate::median::{median, spread};
use crate::table::Table;

pub(crate) fn report(built: &Built, rounds: usize) {
    let ways = said(built, &[]);
    let ways: Vec<&str> = ways.lines().collect();
    let mut boots = Vec::new();
    let mut figures = vec![Vec::new(); ways.len()];
    eprintln!("first: {rounds} rounds of {} processes", ways.len());
    // The first round is a warm-up: it brings the files into memory.
    for round in 0..=rounds {
        for (way, figures) in ways.iter().zip(&mut figures) {
            let text = said(built, &[way]);
            let mut micros = text
                .split_whitespace()
                .filter_map(|nanos| nanos.parse::<f64>().ok())
                .map(|nanos| nanos / 1000.0);
            let (boot, call) = (micros.next(), micros.next());
            if round > 0 {
                boots.extend(boot);
                figures.extend(call);
            }
        }
    }
    let mut table = Table::new(&["first call", "µs", "ratio", "±"]);
    let raw = figures.first().map_or(f64::NAN, |values| median(values));
    for (way, figures) in ways.iter().zip(&figures) {
        let micros = median(figures);
        table.row(vec![
            way.to_string(),
            format!("{micros:.0}"),
            format!("{:.2}", micros / raw),
            format!("{:.0} %", 100.0 * spread(figures)),
        ]);
    }
    table.row(vec![
        "(`Kernel::boot`, before it)".into(),
        format!("{:.1}", median(&boots)),
        format!("{:.2}", median(&boots) / raw),
        format!("{:.0} %", 100.0 * spread(&boots)),
    ]);
    table.print(&format!(
        "## The first call\n\nEach in a new process, with the files in memory; medians of {rounds} \
         rounds, all in turn."
    ));
}

fn said(built: &Built, args: &[&str]) -> String {
    let output = built.program("bench-host").arg("first").args(args).output();
    let output = output.expect("it was built");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "first {args:?} fails: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
