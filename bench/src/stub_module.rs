//! A C program that calls modules through their stub modules: calls, first calls, sizes. It is one
//! source, linked to a shared object or to a stub module; its process has no kernel of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::built;
use crate::lazy::{compile, size};
use crate::median::{median, spread};
use crate::table::Table;

/// What is called, by which function, and in which library.
const CALLED: [(&str, &str, &str); 3] = [
    ("of a shared object", "add", "libadd.so.1"),
    (
        "of a stub module, load-only",
        "added_add",
        "libadded_stub.so",
    ),
    (
        "of a stub module, unloadable",
        "held_add",
        "libheld_stub.so",
    ),
];

pub(crate) fn report(rounds: usize) {
    let place = built::place().join("stub-modules");
    fs::create_dir_all(&place).expect("the folder can be written");
    let shared = ["-shared", "-fPIC", "-Wl,-soname,libadd.so.1"];
    compile("add.c", &place.join("libadd.so.1"), &shared);
    built::build_stub_modules(&place.join("modules"));
    for (_, function, library) in CALLED {
        let library = place.join(library);
        let options = [
            &format!("-DADD={function}"),
            library.to_str().expect("the path is text"),
            "-Wl,-rpath,$ORIGIN",
        ];
        compile("calls.c", &place.join(function), &options);
    }
    let mut figures = [const { [const { Vec::new() }; 2] }; CALLED.len()];
    eprintln!("stubs: {rounds} rounds");
    // The first round is a warm-up.
    for round in 0..=rounds {
        for ((_, function, _), figures) in CALLED.iter().zip(&mut figures) {
            let output = Command::new(place.join(function))
                .arg("20000000")
                .env_remove("DLKM_ROOT")
                .output()
                .expect("it was built");
            assert!(output.status.success(), "{output:?}");
            let text = String::from_utf8_lossy(&output.stdout);
            let values = text.split_whitespace().map(|value| value.parse::<f64>());
            if round > 0 {
                for (all, value) in figures.iter_mut().zip(values) {
                    all.push(value.expect("two numbers"));
                }
            }
        }
    }
    let direct = median(&figures[0][1]);
    let mut table = Table::new(&["call", "ns", "±", "ratio", "first call, µs"]);
    for ((what, ..), [first, later]) in CALLED.iter().zip(&figures) {
        table.row(vec![
            (*what).to_owned(),
            format!("{:.2}", median(later)),
            format!("{:.0} %", 100.0 * spread(later)),
            format!("{:.2}", median(later) / direct),
            format!("{:.0}", median(first) / 1000.0),
        ]);
    }
    let stripped = |file: &Path| {
        let copy = place.join("stripped");
        let done = Command::new("strip")
            .arg(file)
            .arg("-o")
            .arg(&copy)
            .status();
        assert!(done.expect("strip starts").success());
        size(&copy)
    };
    table.print(&format!(
        "## Calls of a stub module\n\nA C program calls a function that adds two numbers; medians of \
         {rounds} processes each, in turn. The program is no host, so the first call also boots a \
         kernel. Stripped, the stub module has {:.0} kB, and `libdlkm_kernel.so` {:.0} kB.",
        stripped(&place.join("modules/added_stub.so")),
        stripped(&place.join("libdlkm_kernel.so")),
    ));
}
