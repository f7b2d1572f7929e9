//! Time of the first call, which loads its module.

use crate::built::Built;
use crate::median::{median, spread};
use crate::table::Table;

/// How the host names a way to load a second module.
const SECOND: &str = "second module: ";

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
    let ways = ways.into_iter().zip(&figures);
    let (second, first): (Vec<_>, Vec<_>) = ways.partition(|(way, _)| way.starts_with(SECOND));
    let mut table = rows("first call", first);
    table.row(vec![
        "(`Kernel::boot`, before it)".into(),
        format!("{:.1}", median(&boots)),
        format!("{:.2}", median(&boots) / median(&figures[0])),
        format!("{:.0} %", 100.0 * spread(&boots)),
    ]);
    table.print(&format!(
        "## The first call\n\nEach in a new process, with the files in memory; medians of {rounds} \
         rounds, all in turn."
    ));
    let second = second.into_iter();
    let second = second.map(|(way, figures)| (way.trim_start_matches(SECOND), figures));
    rows("first call of the second module", second).print(
        "## The first call of a second module\n\nThe process has loaded another module in the same \
         way. In the same rounds as the first.",
    );
}

/// A table whose ratios are to its first row.
fn rows<'a>(head: &str, ways: impl IntoIterator<Item = (&'a str, &'a Vec<f64>)>) -> Table {
    let mut table = Table::new(&[head, "µs", "ratio", "±"]);
    let mut raw = None;
    for (way, figures) in ways {
        let micros = median(figures);
        let raw = *raw.get_or_insert(micros);
        let digits = if micros < 10.0 { 2 } else { 0 };
        table.row(vec![
            way.to_owned(),
            format!("{micros:.digits$}"),
            format!("{:.2}", micros / raw),
            format!("{:.0} %", 100.0 * spread(figures)),
        ]);
    }
    table
}

fn said(built: &Built, args: &[&str]) -> String {
    let output = built.program("bench-host").arg("first").args(args).output();
    let output = output.expect("it was built");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "first {args:?} fails: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
