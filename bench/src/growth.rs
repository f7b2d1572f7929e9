//! What grows with the numbers of interfaces, modules and threads: a snapshot, an unload, a thread's
//! end, the call of a late interface, and the heap.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::median::{median, spread};
use crate::table::Table;
use crate::{built, instructions};

/// Interfaces of the host, each with a module.
const INTERFACES: usize = 320;

/// Threads, and interfaces that each of them calls.
const SIZES: [(usize, usize); 4] = [(1, 1), (64, 256), (1024, 16), (1024, 256)];

/// What the host times, as it names it, and in the table.
const TIMES: [(&str, &str); 3] = [
    ("snapshot", "`snapshot()`, µs"),
    ("unload", "unload, µs"),
    ("end", "end of a thread, µs"),
];

/// Images and threads, each of which has thread-local data of each image.
const HEAP: (usize, usize) = (100, 64);

pub(crate) fn report(rounds: usize) {
    let [host, image] = built::build_growth();
    let host = Host {
        root: fill(&image),
        program: host,
    };
    eprintln!("growth: {rounds} rounds of {} processes", SIZES.len());
    let mut table = Table::new(&[
        "threads × interfaces",
        TIMES[0].1,
        TIMES[1].1,
        TIMES[2].1,
        "±",
    ]);
    for (threads, interfaces) in SIZES {
        let size = [threads, interfaces, rounds].map(|number| number.to_string());
        let figures = host.figures(&["times", &size[0], &size[1], &size[2]]);
        let values = TIMES.map(|(name, _)| {
            let found = figures.iter().find(|(known, _)| known == name);
            &found.expect("the host prints it").1
        });
        let mut row = vec![format!("{threads} × {interfaces}")];
        row.extend(values.map(|values| format!("{:.1}", median(values) / 1000.0)));
        let spreads = values.map(|values| spread(values));
        let most = spreads.into_iter().fold(0.0, f64::max);
        row.push(format!("{:.0} %", 100.0 * most));
        table.row(row);
    }
    table.print(&format!(
        "## Growth\n\nA host of {INTERFACES} unloadable interfaces, each with a module; so many threads \
         have called so many of them, and wait. The thread that ends has called one. Medians of \
         {rounds} rounds in one process; the last column has the largest spread of the three."
    ));
    heap(&host);
    late(&host);
}

fn heap(host: &Host) {
    let (images, threads) = HEAP;
    let figures = host.figures(&["heap", &images.to_string(), &threads.to_string()]);
    let bytes = figures[0].1[0];
    println!(
        "{images} images in {threads} threads that have used thread-local data of each have {:.1} MB of \
         heap, {:.0} bytes for each image and thread.\n",
        bytes / 1e6,
        bytes / (images * threads) as f64,
    );
}

fn late(host: &Host) {
    match instructions::count(&host.program, &[&host.root]) {
        Ok(counts) => {
            let [first, last] = [0, 1].map(|at| counts[at].1);
            println!(
                "A call of the first interface takes {first:.1} instructions, and one of interface \
                 number {INTERFACES} takes {last:.1}.\n"
            );
        }
        Err(error) => println!("Instructions were not counted: {error}\n"),
    }
}

struct Host {
    program: PathBuf,
    /// The module root.
    root: PathBuf,
}

impl Host {
    /// The names and values that the host prints.
    fn figures(&self, args: &[&str]) -> Vec<(String, Vec<f64>)> {
        let output = Command::new(&self.program)
            .arg(&self.root)
            .args(args)
            .stderr(Stdio::inherit())
            .output()
            .expect("it was built");
        assert!(output.status.success(), "{args:?} fails");
        let text = String::from_utf8_lossy(&output.stdout);
        let line = |line: &str| {
            let (name, values) = line.split_once('\t')?;
            let values = values.split(' ').filter_map(|value| value.parse().ok());
            Some((name.to_owned(), values.collect()))
        };
        text.lines().filter_map(line).collect()
    }
}

/// A module root with the image under each name.
fn fill(image: &Path) -> PathBuf {
    let root = built::place().join("growth");
    fs::create_dir_all(&root).expect("the folder can be written");
    let stripped = root.join("stripped");
    let mut strip = Command::new("strip");
    let done = strip.arg(image).arg("-o").arg(&stripped).status();
    assert!(done.expect("strip starts").success());
    let content = fs::read(&stripped).expect("it was written");
    fs::remove_file(stripped).expect("it was written");
    for number in 0..INTERFACES {
        let name = format!("g{number:04}");
        let file = root.join(format!("{name}.so"));
        fs::write(file, named(&content, &name)).expect("it can be written");
    }
    root
}

/// The image under another name, wherever it has its own.
fn named(image: &[u8], name: &str) -> Vec<u8> {
    let (own, mut image) = (b"g0000", image.to_vec());
    let mut at = 0;
    while let Some(found) = image[at..].windows(own.len()).position(|text| text == own) {
        at += found;
        image[at..at + own.len()].copy_from_slice(name.as_bytes());
        at += own.len();
    }
    image
}
