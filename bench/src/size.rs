//! What each way to load modules adds to the size of a host.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::built::Built;
use crate::table::Table;

/// Programs and what each loads with; the first loads nothing.
const HOSTS: [(&str, &str); 6] = [
    ("size-none", "neither"),
    ("size-libloading", "libloading"),
    ("size-stabby", "stabby"),
    ("size-dlkm", "dlkm"),
    ("size-dlkm-shared", "dlkm, the kernel in a file of its own"),
    ("size-abi-stable", "abi_stable"),
];

pub(crate) fn report(built: &Built) {
    built.build_small("bench-size", &HOSTS.map(|(program, _)| program));
    let mut table = Table::new(&[
        "a minimal host with",
        "kB, stripped",
        "more than without",
        "for size: kB",
        "more than without",
    ]);
    let mut without = None;
    for (program, with) in HOSTS {
        let sizes = [program, &format!("{program}.small")].map(|program| {
            works(&mut built.program(program));
            stripped(&built.file(program)) as f64 / 1000.0
        });
        let [release, small] = *without.get_or_insert(sizes);
        table.row(vec![
            with.to_owned(),
            format!("{:.0}", sizes[0]),
            format!("{:.0}", sizes[0] - release),
            format!("{:.0}", sizes[1]),
            format!("{:.0}", sizes[1] - small),
        ]);
    }
    table.print(
        "## Size of a host\n\nBuilt for release, and with `opt-level = \"s\"`, `lto = \"fat\"` and \
         `codegen-units = 1` for size; with std in it, stripped.",
    );
}

/// Panics unless the host works: the size of a broken one means nothing.
fn works(program: &mut Command) {
    let output = program.stderr(Stdio::inherit()).output();
    let output = output.expect("it was built");
    assert_eq!(output.stdout, b"3\n", "{program:?} does not add");
}

/// The size of a program as it is installed.
pub(crate) fn stripped(program: &Path) -> u64 {
    let to = program.with_extension("stripped");
    let done = Command::new("strip")
        .arg("-o")
        .args([&to, program])
        .status();
    let done = done.expect("strip starts: install the package binutils");
    assert!(done.success(), "{} is stripped", program.display());
    fs::metadata(&to).expect("strip wrote it").len()
}
