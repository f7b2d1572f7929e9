//! What each way to load modules adds to the size of a host.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::built::{self, Built};
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

/// A shared object without dlkm.
const BARE: &str = "libpeer_plain.so";

pub(crate) fn report() {
    let mut small = vec![BARE];
    small.extend(HOSTS.map(|(program, _)| program));
    let built = &built::build_sizes(&small);
    let mut table = Table::new(&[
        "a minimal host with",
        "kB, stripped",
        "more than without",
        "for size: kB",
        "for size: more",
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
    images(built);
}

/// A module's image beside a shared object that has a function and nothing of dlkm.
fn images(built: &Built) {
    let [bare, module] = [
        [BARE, &format!("{BARE}.small")],
        ["modules/one.so", "small-modules/one.so"],
    ]
    .map(|files| files.map(|file| stripped(&built.file(file)) as f64 / 1000.0));
    let mut table = Table::new(&[
        "a shared object",
        "kB, stripped",
        "more than a bare one",
        "for size: kB",
        "for size: more",
    ]);
    for (what, sizes) in [("a bare `cdylib`", bare), ("a module's image", module)] {
        table.row(vec![
            what.to_owned(),
            format!("{:.0}", sizes[0]),
            format!("{:.0}", sizes[0] - bare[0]),
            format!("{:.0}", sizes[1]),
            format!("{:.0}", sizes[1] - bare[1]),
        ]);
    }
    table.print(
        "## Size of an image\n\nBuilt in the same two ways. The bare `cdylib` exports two \
         functions that add numbers, and the module has an interface of one. Both contain std.",
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
