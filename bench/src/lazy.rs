//! A C library and its stub library: calls, first calls, and the start of programs that call nothing.
//! Each program runs with the real library and with the stub in turn; it is the same file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use dlkm_stub::StubLibrary;

use crate::built;
use crate::median::{median, spread};
use crate::table::Table;

/// A program that calls a function in a loop.
struct Calls {
    what: &'static str,
    library: PathBuf,
    options: &'static [&'static str],
    count: &'static str,
}

/// Programs of the distribution that end before they call this library.
const PROGRAMS: [(&[&str], &str); 4] = [
    (&["/usr/lib/git-core/git-remote-https"], "libcurl-gnutls.so.4"),
    (&["/usr/bin/gio", "--version"], "libgio-2.0.so.0"),
    (&["/usr/bin/git", "--version"], "libz.so.1"),
    (&["/usr/bin/python3", "-I", "-c", "0"], "libz.so.1"),
];

pub(crate) fn report(rounds: usize) {
    let place = built::place().join("lazy");
    fs::create_dir_all(&place).expect("the folder can be written");
    calls(&place, rounds);
    starts(&place, rounds);
}

fn calls(place: &Path, rounds: usize) {
    let real = place.join("libadd.so.1");
    compile("add.c", &real, &["-shared", "-fPIC", "-Wl,-soname,libadd.so.1"]);
    let mut all = vec![Calls {
        what: "`add`, which does nothing else",
        library: real,
        options: &[],
        count: "20000000",
    }];
    match linked("/usr/bin/git", "libz.so.1") {
        Some(library) => all.push(Calls {
            what: "zlib's `adler32` of 256 bytes",
            library,
            options: &["-DZLIB"],
            count: "2000000",
        }),
        None => eprintln!("lazy: zlib is not installed"),
    }
    let mut table = Table::new(&[
        "C function",
        "real library, ns",
        "±",
        "stub, ns",
        "±",
        "ratio",
        "first call: real, µs",
        "stub, µs",
        "stub library, kB",
    ]);
    for (number, one) in all.iter().enumerate() {
        let program = place.join(format!("calls.{number}"));
        let library = one.library.to_str().expect("the path is text");
        compile("calls.c", &program, &[one.options, &[library]].concat());
        let (folders, stub) = folders(place, &one.library);
        let mut figures = [const { [const { Vec::new() }; 2] }; 2];
        eprintln!("lazy: {}, {rounds} rounds", one.what);
        // The first round is a warm-up.
        for round in 0..=rounds {
            for (folder, figures) in folders.iter().zip(&mut figures) {
                let output = Command::new(&program)
                    .arg(one.count)
                    .env("LD_LIBRARY_PATH", folder)
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
        let [[real_first, real], [stub_first, lazy]] = &figures;
        table.row(vec![
            one.what.to_owned(),
            format!("{:.2}", median(real)),
            format!("{:.0} %", 100.0 * spread(real)),
            format!("{:.2}", median(lazy)),
            format!("{:.0} %", 100.0 * spread(lazy)),
            format!("{:.2}", median(lazy) / median(real)),
            format!("{:.1}", median(real_first) / 1000.0),
            format!("{:.1}", median(stub_first) / 1000.0),
            format!("{:.0}", size(&stub)),
        ]);
    }
    table.print(&format!(
        "## Calls of a lazy C library\n\nA C program calls the function through its PLT. It is the \
         same file with both libraries; medians of {rounds} processes each, in turn. The time of a \
         later call is that of a turn of a loop, with the function."
    ));
}

fn starts(place: &Path, rounds: usize) {
    let mut table = Table::new(&[
        "program",
        "lazy library",
        "real library, ms",
        "±",
        "stub, ms",
        "±",
        "ratio",
        "stub library, kB",
    ]);
    for (line, soname) in PROGRAMS {
        let Some(library) = linked(line[0], soname) else {
            eprintln!("lazy: {} is not installed", line[0]);
            continue;
        };
        let (folders, stub) = folders(place, &library);
        let mut figures = [const { Vec::new() }; 2];
        eprintln!("lazy: {}, {rounds} rounds", line.join(" "));
        for round in 0..=rounds {
            for (folder, figures) in folders.iter().zip(&mut figures) {
                let start = Instant::now();
                let done = Command::new(line[0])
                    .args(&line[1..])
                    .env("LD_LIBRARY_PATH", folder)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                done.expect("it is installed");
                if round > 0 {
                    figures.push(start.elapsed().as_secs_f64() * 1000.0);
                }
            }
        }
        let [real, lazy] = &figures;
        table.row(vec![
            format!("`{}`", line.join(" ")),
            soname.to_owned(),
            format!("{:.2}", median(real)),
            format!("{:.0} %", 100.0 * spread(real)),
            format!("{:.2}", median(lazy)),
            format!("{:.0} %", 100.0 * spread(lazy)),
            format!("{:.2}", median(lazy) / median(real)),
            format!("{:.0}", size(&stub)),
        ]);
    }
    table.print(&format!(
        "## Start of programs on a lazy library\n\nFrom the start of the process to its end, of \
         programs of the distribution that call nothing of the library; medians of {rounds} \
         processes each, in turn."
    ));
}

/// A folder with the real library, one with its stub, and the stub.
fn folders(place: &Path, library: &Path) -> ([PathBuf; 2], PathBuf) {
    let name = library.file_name().expect("a file");
    let [real, stubs] = ["real", "stub"].map(|kind| place.join(kind).join(name));
    fs::create_dir_all(&real).expect("the folder can be written");
    fs::copy(library, real.join(name)).expect("the library can be read");
    let built = StubLibrary::of(library).and_then(|stub| stub.build(&stubs));
    let built = built.unwrap_or_else(|error| panic!("{error}"));
    ([real, stubs], built.library().to_owned())
}

fn compile(source: &str, to: &Path, options: &[&str]) {
    let done = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(to)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lazy").join(source))
        .args(options)
        .status();
    assert!(done.expect("cc starts").success(), "{source} compiles");
}

/// The file of a library that a program is linked with.
fn linked(program: &str, soname: &str) -> Option<PathBuf> {
    let output = Command::new("ldd").arg(program).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let path = text.lines().find_map(|line| {
        let (name, rest) = line.trim().split_once(" => ")?;
        (name == soname).then(|| rest.split(" (").next())
    });
    path.flatten().map(PathBuf::from)
}

/// Thousands of bytes.
fn size(file: &Path) -> f64 {
    fs::metadata(file).expect("it was built").len() as f64 / 1000.0
}
