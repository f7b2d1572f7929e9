//! How the load of a module grows with the number of modules that are loaded.

mod generate;

use std::path::Path;
use std::process::Command;

use crate::built;
use crate::median::{median, spread};
use crate::table::Table;

use generate::{BUILT, MODULES};

/// The modules that the table shows: each by itself up to `ALONE`, then it and the nine before it.
const SHOWN: [usize; 10] = [1, 2, 10, 20, 50, 100, 200, 300, 400, MODULES];
const ALONE: usize = 2;
const TOGETHER: usize = 10;

pub(crate) fn report(rounds: usize) {
    let place = built::place().join("loads");
    eprintln!("loads: builds {}", place.display());
    generate::write(&place);
    let target = place.join("target");
    built::cargo(&place, &target, &["--release", "--workspace"], "");
    built::modules(&place, &target, &[BUILT]);
    let release = target.join("release");
    let root = generate::fill(&release);

    eprintln!("loads: {rounds} rounds");
    let mut figures = [const { Vec::new() }; 2];
    // The first round is a warm-up: it brings the files into memory.
    for round in 0..=rounds {
        for (way, figures) in ["raw", "dlkm"].iter().zip(&mut figures) {
            let micros = run(&release.join("loads-host"), way, &root);
            if round > 0 {
                figures.push(micros);
            }
        }
    }
    let mut table = Table::new(&[
        "module number",
        "dlopen and dlsym, µs",
        "±",
        "dlkm, µs",
        "±",
        "ratio",
    ]);
    for number in SHOWN {
        let first = match number {
            ..=ALONE => number - 1,
            _ => number - TOGETHER,
        };
        let [raw, dlkm] = figures.each_ref().map(|rounds| {
            let values = rounds.iter().flat_map(|micros| &micros[first..number]);
            values.copied().collect::<Vec<f64>>()
        });
        table.row(vec![
            number.to_string(),
            format!("{:.1}", median(&raw)),
            format!("{:.0} %", 100.0 * spread(&raw)),
            format!("{:.1}", median(&dlkm)),
            format!("{:.0} %", 100.0 * spread(&dlkm)),
            format!("{:.2}", median(&dlkm) / median(&raw)),
        ]);
    }
    table.print(&format!(
        "## Loading many modules\n\nA process calls {MODULES} modules, one after the other, and another \
         one opens their images by hand; medians of {rounds} processes each, in turn. From number 10 on, \
         each row is about the ten modules up to that number."
    ));
}

/// Microseconds for each module.
fn run(host: &Path, way: &str, root: &Path) -> Vec<f64> {
    let output = Command::new(host).arg(way).arg(root).output();
    let output = output.expect("it was built");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{way} fails: {errors}");
    let text = String::from_utf8_lossy(&output.stdout);
    let nanos = text.split_whitespace().map(str::parse::<f64>);
    let micros: Vec<f64> = nanos.flatten().map(|nanos| nanos / 1000.0).collect();
    assert_eq!(micros.len(), MODULES, "{way} loads all modules");
    micros
}
