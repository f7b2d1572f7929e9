//! The three pictures that the chapter begins with: a call beside its peers, what grows, and sizes.

use super::chart::{Anchor, OWN, Picture, Scale, TEXT, count};
use super::tables::Tables;

const WIDTH: f64 = 750.0;

/// Room below an axis, for its labels and before what follows in the book.
const BELOW: f64 = 40.0;

/// Rows of the first picture: how the group is called, and its rows in the table.
const CALLS: [(&str, &[&str]); 3] = [
    (
        "the function stays",
        &[
            "direct",
            "slot",
            "linked, called from C (PLT)",
            "libloading, `Symbol` kept",
            "abi_stable, root module",
            "stabby, `dynptr`",
            "dlkm strong",
            "dlkm weak",
            "dlkm `#[stub]` of a switch's entry",
        ],
    ),
    (
        "its library may be unloaded meanwhile",
        &[
            "dlkm unloadable",
            "dlkm weak of an unloadable",
            "crossbeam-epoch",
            "seize",
            "by hand: `Arc` cloned for the call",
            "arc-swap",
            "by hand: `RwLock<Option<_>>`",
        ],
    ),
    (
        "looked up for each call",
        &[
            "dlkm switch, `get` for each call",
            "`HashMap`, `get` for each call",
            "libloading, `get` for each call",
            "hot-lib-reloader",
        ],
    ),
];

/// A call beside its peers.
pub(crate) fn calls(tables: &Tables<'_>) -> Result<String, String> {
    const ROW: f64 = 21.0;
    let figure = |row: &str, column| tables.figure("One call", row, column);
    let mut all = Vec::new();
    for name in CALLS.iter().flat_map(|(_, names)| *names) {
        all.extend([figure(name, "ns")?, figure(name, "2 threads, ns each")?]);
    }
    let lines = CALLS
        .iter()
        .map(|(_, names)| names.len() + 1)
        .sum::<usize>();
    let (top, bottom) = (62.0, 62.0 + ROW * lines as f64);
    let scale = Scale::logarithmic(&all, (255.0, WIDTH - 30.0));
    let title = "One call, in nanoseconds";
    let mut picture = Picture::new(WIDTH, bottom + BELOW, title);
    picture.dot(4.0, 32.0, TEXT);
    picture.text(14.0, 36.0, Anchor::Start, "one thread");
    picture.ring(100.0, 32.0, TEXT);
    let rest = "two threads at the same time, each (with its figure if it is more than half as much again)";
    picture.text(110.0, 36.0, Anchor::Start, rest);
    for (value, text) in scale.ticks() {
        let x = scale.at(value);
        picture.rule((x, top), (x, bottom));
        picture.text(x, bottom + 17.0, Anchor::Middle, &format!("{text} ns"));
    }
    let mut y = top;
    for (group, names) in CALLS {
        y += ROW;
        picture.bold(0.0, y - 6.0, group);
        for name in names {
            y += ROW;
            let color = color(name);
            let (one, two) = (figure(name, "ns")?, figure(name, "2 threads, ns each")?);
            let (x, far) = (scale.at(one), scale.at(two));
            let text = plain(name);
            picture.colored(10.0, y - 6.0, Anchor::Start, color, &text);
            picture.rule((x, y - 10.0), (far, y - 10.0));
            picture.ring(far, y - 10.0, color);
            picture.dot(x, y - 10.0, color);
            picture.colored(x.min(far) - 9.0, y - 6.0, Anchor::End, color, &count(one));
            if two > 1.5 * one {
                picture.colored(far + 9.0, y - 6.0, Anchor::Start, color, &count(two));
            }
        }
    }
    Ok(picture.finish())
}

/// The section of what grows with threads.
const GROWTH: &str = "Growth";

/// What grows with the number of modules, and with that of threads.
pub(crate) fn growth(tables: &Tables<'_>) -> Result<String, String> {
    const BOTTOM: f64 = 290.0;
    let mut picture = Picture::new(
        WIDTH,
        BOTTOM + 38.0 + BELOW,
        "What grows with modules and threads",
    );

    // Beside the other half, if there is one.
    let places = match tables.has(GROWTH) {
        true => (40.0, 285.0),
        false => (40.0, 660.0),
    };
    let (section, top) = ("Loading many modules", 70.0);
    let ways = [("dlopen", "dlopen and dlsym, µs"), ("dlkm", "dlkm, µs")];
    let mut curves = Vec::new();
    for (name, column) in ways {
        let mut points = Vec::new();
        for row in tables.rows(section) {
            let number: f64 = row.parse().map_err(|_| format!("{section}: {row}"))?;
            points.push((number, tables.figure(section, row, column)?));
        }
        curves.push((name, points));
    }
    let points = curves.iter().flat_map(|(_, points)| points);
    let largest = points.fold((0.0, 0.0), |(x, y): (f64, f64), point| {
        (x.max(point.0), y.max(point.1))
    });
    let across = Scale::linear(largest.0, places);
    let up = Scale::linear(largest.1, (BOTTOM, top));
    picture.text(0.0, 40.0, Anchor::Start, "Load of a module, µs");
    for (value, text) in up.ticks() {
        let y = up.at(value);
        picture.rule((places.0, y), (places.1, y));
        picture.text(places.0 - 6.0, y + 4.0, Anchor::End, &text);
    }
    for (value, text) in across.ticks() {
        picture.text(across.at(value), BOTTOM + 18.0, Anchor::Middle, &text);
    }
    let middle = (places.0 + places.1) / 2.0;
    picture.text(
        middle,
        BOTTOM + 38.0,
        Anchor::Middle,
        "number of the module in its process",
    );
    for (name, points) in &curves {
        let points: Vec<_> = points
            .iter()
            .map(|(x, y)| (across.at(*x), up.at(*y)))
            .collect();
        picture.curve(&points, color(name));
        let (x, y) = points[points.len() - 1];
        picture.colored(x + 10.0, y + 4.0, Anchor::Start, color(name), name);
    }

    if tables.has(GROWTH) {
        threads(tables, &mut picture, (405.0, 630.0), (BOTTOM, top))?;
    }
    Ok(picture.finish())
}

/// What grows with the number of threads.
fn threads(
    tables: &Tables<'_>,
    picture: &mut Picture,
    places: (f64, f64),
    heights: (f64, f64),
) -> Result<(), String> {
    let sizes = tables.rows(GROWTH);
    let measures = [
        ("`snapshot()`", "`snapshot()`, µs"),
        ("unload", "unload, µs"),
        ("end of a thread", "end of a thread, µs"),
    ];
    let mut curves = Vec::new();
    for (name, column) in measures {
        let values = sizes.iter().map(|row| tables.figure(GROWTH, row, column));
        curves.push((plain(name), values.collect::<Result<Vec<_>, _>>()?));
    }
    let all: Vec<f64> = curves
        .iter()
        .flat_map(|(_, values)| values.clone())
        .collect();
    let up = Scale::logarithmic(&all, heights);
    let distance = (places.1 - places.0) / (sizes.len().max(2) - 1) as f64;
    picture.text(
        places.0 - 45.0,
        40.0,
        Anchor::Start,
        "With many threads, µs",
    );
    for (value, text) in up.ticks() {
        let y = up.at(value);
        picture.rule((places.0, y), (places.1, y));
        picture.text(places.0 - 12.0, y + 4.0, Anchor::End, &text);
    }
    for (at, size) in sizes.iter().enumerate() {
        let x = places.0 + distance * at as f64;
        picture.text(x, heights.0 + 18.0, Anchor::Middle, size);
    }
    let middle = (places.0 + places.1) / 2.0;
    let below = "threads × interfaces that each has called";
    picture.text(middle, heights.0 + 38.0, Anchor::Middle, below);
    for (name, values) in &curves {
        let place = |(at, value): (usize, &f64)| (places.0 + distance * at as f64, up.at(*value));
        let points: Vec<_> = values.iter().enumerate().map(place).collect();
        picture.curve(&points, OWN);
        if let Some((x, y)) = points.last() {
            picture.colored(x + 10.0, y + 4.0, Anchor::Start, OWN, name);
        }
    }
    Ok(())
}

/// Sizes of hosts and of images.
pub(crate) fn size(tables: &Tables<'_>) -> Result<String, String> {
    const ROW: f64 = 40.0;
    let groups = [
        ("Size of a host", "A minimal host that loads with …"),
        ("Size of an image", "A shared object"),
    ];
    let columns = ["kB, stripped", "for size: kB"];
    let mut largest = 0.0f64;
    for (section, _) in groups {
        for row in tables.rows(section) {
            largest = largest.max(tables.figure(section, row, columns[0])?);
        }
    }
    let rows: usize = groups
        .iter()
        .map(|(section, _)| tables.rows(section).len())
        .sum();
    let top = 48.0;
    let bottom = top + ROW * rows as f64 + 30.0 * groups.len() as f64;
    let scale = Scale::linear(largest, (250.0, WIDTH - 75.0));
    let title = "Sizes in kB, stripped";
    let mut picture = Picture::new(WIDTH, bottom + BELOW, title);
    let note = "upper bar: release, lower bar: built for size; light: what each contains without a way to load";
    picture.text(0.0, 38.0, Anchor::Start, note);
    for (value, text) in scale.ticks() {
        let x = scale.at(value);
        picture.rule((x, top), (x, bottom));
        picture.text(x, bottom + 17.0, Anchor::Middle, &text);
    }
    let mut y = top;
    for (section, heading) in groups {
        picture.bold(0.0, y + 20.0, heading);
        y += 30.0;
        let rows = tables.rows(section);
        for row in &rows {
            let color = color(row);
            picture.colored(10.0, y + 22.0, Anchor::Start, color, &plain(row));
            for (column, y) in columns.iter().zip([y + 3.0, y + 19.0]) {
                // The first row is what the others contain too.
                let base = tables.figure(section, rows[0], column)?;
                let whole = tables.figure(section, row, column)?;
                let [start, base, end] = [0.0, base.min(whole), whole].map(|kb| scale.at(kb));
                picture.bar((start, base), y, 14.0, color, false);
                picture.bar((base, end), y, 14.0, color, true);
                picture.colored(end + 6.0, y + 12.0, Anchor::Start, color, &count(whole));
            }
            y += ROW;
        }
    }
    Ok(picture.finish())
}

/// A name as the picture shows it.
fn plain(name: &str) -> String {
    name.replace('`', "")
}

/// dlkm stands out.
fn color(name: &str) -> &'static str {
    match name.starts_with("dlkm") || name == "a module's image" {
        true => OWN,
        false => TEXT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOADS: &str = "\n## Loading many modules\n\n| module number | dlopen and dlsym, µs | dlkm, µs |\n\
                         |---|---:|---:|\n| 1 | 60 | 150 |\n| 500 | 65.5 | 238.8 |\n";

    const THREADS: &str = "\n## Growth\n\n\
                           | threads × interfaces | `snapshot()`, µs | unload, µs | end of a thread, µs |\n\
                           |---|---:|---:|---:|\n| 1 × 1 | 12.0 | 8.1 | 10.2 |\n| 64 × 256 | 800.1 | 40.2 | 10.9 |\n\
                           | 1024 × 16 | 1800.1 | 140.2 | 11.9 |\n| 1024 × 256 | 5300.1 | 138.2 | 12.0 |\n";

    #[test]
    fn the_picture_of_growth_has_a_half_for_threads_if_they_were_measured() {
        let draw = |page: &str| growth(&Tables::parse(page)).unwrap();
        let alone = draw(LOADS);
        let both = draw(&format!("{LOADS}{THREADS}"));
        assert!(alone.contains("\ndlopen\n") && !alone.contains("snapshot()"));
        assert!(both.contains("\ndlopen\n") && both.contains("\nsnapshot()\n"));
        // An empty line would end it in Markdown.
        assert!(!both.contains("\n\n"));
    }
}
