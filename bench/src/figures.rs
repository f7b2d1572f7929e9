//! Times that a program of `bench-measure` prints.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// Nanoseconds of each round, by contender and number of threads.
pub(crate) type Figures = BTreeMap<(String, usize), Vec<f64>>;

/// Runs the program, and adds its figures; `names` are the contenders in their order.
pub(crate) fn run(program: &Path, rounds: usize, figures: &mut Figures, names: &mut Vec<String>) {
    let output = Command::new(program)
        .args(["calls", &rounds.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .expect("it was built");
    assert!(output.status.success(), "{} fails", program.display());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let mut parts = line.split('\t');
        let mut part = || parts.next().unwrap_or_default();
        let (name, threads, values) = (part().to_owned(), part(), part());
        let values = values.split(' ').filter_map(|value| value.parse().ok());
        if !names.contains(&name) {
            names.push(name.clone());
        }
        let threads = threads.parse().expect("the host counts threads");
        figures
            .entry((name, threads))
            .or_default()
            .extend::<Vec<f64>>(values.collect());
    }
}
