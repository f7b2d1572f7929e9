//! The table that the chapter begins with: what dlkm takes, and what one would compare that with.

use super::tables::Tables;

/// A figure of the tables: section, row, column.
type Place = (&'static str, &'static str, &'static str);

/// A row of the short table.
struct Line {
    what: &'static str,
    own: Place,
    /// What is beside it, and its figure.
    beside: (&'static str, Place),
    unit: &'static str,
}

const NS: &str = "ns";
const KB: &str = "kB, stripped";
const SHARED: &str = "dlkm, the kernel in a file of its own";
const SECOND: &str = "The first call of a second module";
const STUBS: &str = "A host with many stubs";
const GROWTH: &str = "Growth";

const LINES: [Line; 12] = [
    Line {
        what: "a call of a `#[stub]`",
        own: ("One call", "dlkm strong", NS),
        beside: (
            "a linked function, through its PLT",
            ("One call", "linked, called from C (PLT)", NS),
        ),
        unit: "ns",
    },
    Line {
        what: "a call of a `#[ustub]`, whose module may be unloaded",
        own: ("One call", "dlkm unloadable", NS),
        beside: (
            "a guard of crossbeam-epoch",
            ("One call", "crossbeam-epoch", NS),
        ),
        unit: "ns",
    },
    Line {
        what: "the first call, which loads its module",
        own: ("The first call", "dlkm strong stub", "µs"),
        beside: (
            "`dlopen` and `dlsym` of the image",
            ("The first call", "dlopen and dlsym, our image", "µs"),
        ),
        unit: "µs",
    },
    Line {
        what: "the first call of a second module",
        own: (SECOND, "dlkm strong stub", "µs"),
        beside: (
            "the same by hand",
            (SECOND, "dlopen and dlsym, our image", "µs"),
        ),
        unit: "µs",
    },
    Line {
        what: "the load of module number 500",
        own: ("Loading many modules", "500", "dlkm, µs"),
        beside: (
            "the same by hand",
            ("Loading many modules", "500", "dlopen and dlsym, µs"),
        ),
        unit: "µs",
    },
    Line {
        what: "start to `main` of a host with 10,000 stubs",
        own: (STUBS, "all stubs, two files", "start to `main`, µs"),
        beside: (
            "with 10 stubs",
            (STUBS, "10 stubs, one file", "start to `main`, µs"),
        ),
        unit: "µs",
    },
    Line {
        what: "a snapshot, 1,024 threads × 256 interfaces",
        own: (GROWTH, "1024 × 256", "`snapshot()`, µs"),
        beside: (
            "one thread, one interface",
            (GROWTH, "1 × 1", "`snapshot()`, µs"),
        ),
        unit: "µs",
    },
    Line {
        what: "an unload, 1,024 threads × 256 interfaces",
        own: (GROWTH, "1024 × 256", "unload, µs"),
        beside: ("one thread, one interface", (GROWTH, "1 × 1", "unload, µs")),
        unit: "µs",
    },
    Line {
        what: "a minimal host, stripped",
        own: ("Size of a host", "dlkm", KB),
        beside: ("with libloading", ("Size of a host", "libloading", KB)),
        unit: "kB",
    },
    Line {
        what: "the same, its kernel in a file of its own",
        own: ("Size of a host", SHARED, KB),
        beside: ("with libloading", ("Size of a host", "libloading", KB)),
        unit: "kB",
    },
    Line {
        what: "a module's image, stripped",
        own: ("Size of an image", "a module's image", KB),
        beside: (
            "a bare `cdylib`",
            ("Size of an image", "a bare `cdylib`", KB),
        ),
        unit: "kB",
    },
    Line {
        what: "`Kernel::modules` of 1,000 modules",
        own: (
            "1,000 installed modules",
            "all images, no system file",
            "`Kernel::modules`, µs",
        ),
        beside: (
            "their files opened, and read from twice",
            (
                "1,000 installed modules",
                "all images, no system file",
                "files by hand, µs",
            ),
        ),
        unit: "µs",
    },
];

/// The short table.
pub(crate) fn table(tables: &Tables<'_>) -> Result<String, String> {
    let mut text =
        String::from("| what | dlkm | beside it | | ratio |\n|---|---:|---|---:|---:|\n");
    let figure = |(section, row, column)| tables.figure(section, row, column);
    // The part with threads is one of its own.
    let lines = LINES
        .iter()
        .filter(|line| line.own.0 != GROWTH || tables.has(GROWTH));
    for line in lines {
        let own = figure(line.own)?;
        let (what, unit) = (line.what, line.unit);
        let (beside, place) = line.beside;
        let there = figure(place)?;
        let ratio = own / there;
        let digits = if ratio < 0.1 { 3 } else { 2 };
        let [own, there] = [own, there].map(|one| shown(one, unit));
        text += &format!("| {what} | {own} | {beside} | {there} | {ratio:.digits$} |\n");
    }
    Ok(text)
}

/// A space at which no line ends.
const NO_BREAK: char = '\u{a0}';

/// A figure with its unit, with three digits at least where the tables have them.
fn shown(value: f64, unit: &str) -> String {
    let digits = match value {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    match unit {
        "kB" => format!("{value:.0}{NO_BREAK}kB"),
        _ => format!("{value:.digits$}{NO_BREAK}{unit}"),
    }
}
