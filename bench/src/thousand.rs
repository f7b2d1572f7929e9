//! What an administrator waits for with 1,000 installed modules, and what their system file adds to a
//! host's boot.

mod generate;
mod roots;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::built;
use crate::median::median;
use crate::table::Table;

use generate::LINES;
use roots::Roots;

/// How often `install` runs: it brings all images to the disk each time.
const INSTALLS: usize = 3;

pub(crate) fn report(rounds: usize) {
    let place = built::place().join("thousand");
    eprintln!("thousand: builds {}", place.display());
    generate::write(&place);
    let target = place.join("target");
    built::cargo(&place, &target, &["--release", "--workspace"], "");
    built::modules(&place, &target, &generate::BUILT);
    let release = target.join("release");
    let dlkm = built::dlkm();
    let roots = Roots::fill(&release);

    eprintln!("thousand: {rounds} rounds");
    boots(&release.join("thousand-host"), &roots, rounds);
    commands(&dlkm, &roots, rounds);
}

fn boots(host: &Path, roots: &Roots, rounds: usize) {
    let runs = [
        ("one image, no system file", &roots.one),
        ("all images, no system file", &roots.without_file),
        ("all images, with a system file", &roots.with_file),
    ];
    let mut figures = [const { [const { Vec::new() }; 4] }; 3];
    // The first round is a warm-up: it brings the files into memory.
    for round in 0..=rounds {
        for ((_, root), figures) in runs.iter().zip(&mut figures) {
            let micros = boot(host, root);
            if round > 0 {
                let pairs = figures.iter_mut().zip(micros);
                pairs.for_each(|(all, one)| all.push(one));
            }
        }
    }
    let mut table = Table::new(&[
        "module root",
        "`Kernel::boot`, µs",
        "phases to `init`, µs",
        "`Kernel::modules`, µs",
        "files by hand, µs",
    ]);
    for ((what, _), figures) in runs.iter().zip(&figures) {
        let mut row = vec![(*what).to_owned()];
        row.extend(figures.iter().map(|all| format!("{:.0}", median(all))));
        table.row(row);
    }
    table.print(&format!(
        "## 1,000 installed modules\n\nThe system file has {LINES} lines: one for each module, and \
         two tunables for each module that has some. By hand, each file is opened, asked for its kind, \
         and read from twice. Each run is a new process; medians of {rounds} rounds, all in turn."
    ));
}

/// Microseconds for the boot, for the phases that follow, for a list of all modules, and to read from
/// all files by hand.
fn boot(host: &Path, root: &Path) -> [f64; 4] {
    let output = Command::new(host).arg(root).output();
    let output = output.expect("it was built");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the host fails: {errors}");
    let text = String::from_utf8_lossy(&output.stdout);
    let nanos = text.split_whitespace().map(str::parse::<f64>);
    let micros: Vec<f64> = nanos.flatten().map(|nanos| nanos / 1000.0).collect();
    micros.try_into().expect("four figures")
}

fn commands(dlkm: &Path, roots: &Roots, rounds: usize) {
    let images: Vec<String> = roots
        .images()
        .into_iter()
        .map(|file| file.display().to_string())
        .collect();
    let mut install = vec!["install"];
    install.extend(images.iter().map(String::as_str));
    eprintln!("thousand: {INSTALLS} times `dlkm install`");
    let mut installs = Vec::new();
    for _ in 0..INSTALLS {
        roots.empty();
        installs.push(command(dlkm, &roots.installed, &install));
    }

    // The installed images have records, and the system file says to compare them.
    let runs: [(&str, &Path, &[&str]); 6] = [
        ("`dlkm list`, one module", &roots.one, &["list"]),
        ("`dlkm list`", &roots.with_file, &["list"]),
        (
            "`dlkm list`, no system file",
            &roots.without_file,
            &["list"],
        ),
        ("`dlkm list --json`", &roots.with_file, &["list", "--json"]),
        ("`dlkm check`", &roots.with_file, &["check"]),
        (
            "`dlkm check` with `verify warn`",
            &roots.installed,
            &["check"],
        ),
    ];
    eprintln!("thousand: {rounds} rounds of other commands");
    let mut figures = [const { Vec::new() }; 6];
    for round in 0..=rounds {
        for ((_, root, args), figures) in runs.iter().zip(&mut figures) {
            let millis = command(dlkm, root, args);
            if round > 0 {
                figures.push(millis);
            }
        }
    }
    let mut table = Table::new(&["command", "ms"]);
    for ((what, ..), figures) in runs.iter().zip(&figures) {
        table.row(vec![(*what).to_owned(), format!("{:.1}", median(figures))]);
    }
    table.row(vec![
        "`dlkm install` of all images".to_owned(),
        format!("{:.1}", median(&installs)),
    ]);
    table.print(&format!(
        "Each command is a new process, from its start to its end; medians of {rounds} rounds, all in \
         turn, with the files in memory. `install`, which brings all images to the disk, ran \
         {INSTALLS} times. The images have {} MB.",
        roots.megabytes()
    ));
}

/// Milliseconds that a command takes, from its start to its end.
fn command(dlkm: &Path, root: &Path, args: &[&str]) -> f64 {
    let mut command = Command::new(dlkm);
    // In the folder with sockets there is none, so no kernel of this user is asked.
    command
        .args(args)
        .env("DLKM_ROOT", root)
        .env("XDG_RUNTIME_DIR", built::place())
        .stdin(Stdio::null());
    let start = Instant::now();
    let output = command.output().expect("it was built");
    let took = start.elapsed();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "dlkm {} fails: {errors}", args[0]);
    took.as_secs_f64() * 1000.0
}
