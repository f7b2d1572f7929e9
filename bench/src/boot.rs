//! Boot and first call of a host with 10,000 stubs, and with 1,000 module files in its root.

mod generate;
mod roots;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::built;
use crate::median::median;
use crate::size;
use crate::table::Table;

use generate::{FUNCTIONS, INTERFACES, NAMED, UNNAMED};

/// A run: the program, its module root, and the number of the stub that it calls.
struct Run {
    what: &'static str,
    program: &'static str,
    root: &'static str,
    stub: usize,
}

const RUNS: [Run; 5] = [
    Run {
        what: "10 stubs, one file",
        program: "few-host",
        root: "few",
        stub: 0,
    },
    Run {
        what: "10 stubs, all files",
        program: "few-host",
        root: "many",
        stub: 0,
    },
    Run {
        what: "all stubs, two files",
        program: "many-host",
        root: "two",
        stub: NAMED * FUNCTIONS,
    },
    Run {
        what: "all stubs, all files",
        program: "many-host",
        root: "many",
        stub: NAMED * FUNCTIONS,
    },
    Run {
        what: "the same, the module has another name than its interface",
        program: "many-host",
        root: "many",
        stub: UNNAMED * FUNCTIONS,
    },
];

pub(crate) fn report(rounds: usize) {
    let place = built::place().join("boot");
    eprintln!(
        "boot: builds {} stubs in {}",
        INTERFACES * FUNCTIONS,
        place.display()
    );
    generate::write(&place);
    let target = place.join("target");
    built::cargo(&place, &target, &["--release", "--workspace"], "");
    built::modules(&place, &target, &["few", "named", "unnamed"]);
    let release = target.join("release");
    let roots = roots::fill(&release);

    eprintln!("boot: {rounds} rounds");
    let mut figures = [const { [const { Vec::new() }; 3] }; RUNS.len()];
    // The first round is a warm-up: it brings the files into memory.
    for round in 0..=rounds {
        for (one, figures) in RUNS.iter().zip(&mut figures) {
            let micros = run(&release.join(one.program), &roots.join(one.root), one.stub);
            if round > 0 {
                let pairs = figures.iter_mut().zip(micros);
                pairs.for_each(|(all, one)| all.push(one));
            }
        }
    }

    let mut table = Table::new(&[
        "host",
        "start to `main`, µs",
        "`Kernel::boot`, µs",
        "first call, µs",
        "relative relocations",
        "host, kB, stripped",
    ]);
    for (one, figures) in RUNS.iter().zip(&figures) {
        let mut row = vec![one.what.to_owned()];
        row.extend(figures.iter().map(|all| format!("{:.0}", median(all))));
        row.push(relocations(&release.join(one.program)));
        let size = size::stripped(&release.join(one.program));
        row.push(format!("{:.0}", size as f64 / 1000.0));
        table.row(row);
    }
    let files = fs::read_dir(roots.join("many")).map_or(0, Iterator::count);
    table.print(&format!(
        "## A host with many stubs\n\nAll stubs: {} in {INTERFACES} interfaces. All files: {files} \
         in the module root. Each run is a new process; medians of {rounds} rounds, all in turn.",
        INTERFACES * FUNCTIONS
    ));
}

/// Microseconds from here to the program's `main`, for its boot, and for its first call.
fn run(program: &Path, root: &Path, stub: usize) -> [f64; 3] {
    // The clock that two processes share.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("the clock is set").as_nanos();
    let output = Command::new(program)
        .arg(now.to_string())
        .arg(root)
        .arg(stub.to_string())
        .output()
        .expect("it was built");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} fails: {errors}",
        program.display()
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let micros: Vec<f64> = text
        .split_whitespace()
        .filter_map(|nanos| nanos.parse::<f64>().ok())
        .map(|nanos| nanos / 1000.0)
        .collect();
    micros.try_into().expect("three figures")
}

/// How many addresses the dynamic linker writes before `main`.
fn relocations(program: &Path) -> String {
    let output = Command::new("readelf")
        .args(["-W", "-d"])
        .arg(program)
        .output();
    let output = output.expect("readelf starts: install the package binutils");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let count = text.lines().find(|line| line.contains("(RELACOUNT)"));
    let count = count.and_then(|line| line.split_whitespace().last());
    count.expect("an executable has some").to_owned()
}
