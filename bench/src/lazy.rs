//! A C library and its stub library: calls, first calls, and whole runs of programs.
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

/// A program of the distribution.
struct Program {
    what: &'static str,
    line: &'static [&'static str],
    library: &'static str,
}

/// Programs that end before they call the library, and others that work with it.
const PROGRAMS: [Program; 7] = [
    Program {
        what: "`git-remote-https`, wrong usage",
        line: &["/usr/lib/git-core/git-remote-https"],
        library: "libcurl-gnutls.so.4",
    },
    Program {
        what: "`gio --version`",
        line: &["/usr/bin/gio", "--version"],
        library: "libgio-2.0.so.0",
    },
    Program {
        what: "`git --version`",
        line: &["/usr/bin/git", "--version"],
        library: "libz.so.1",
    },
    Program {
        what: "`python3 -c 0`",
        line: &["/usr/bin/python3", "-I", "-c", "0"],
        library: "libz.so.1",
    },
    Program {
        what: "`curl --version`, calls it",
        line: &["/usr/bin/curl", "--version"],
        library: "libcurl.so.4",
    },
    Program {
        what: "`python3`, compresses 5 MB",
        line: &[
            "/usr/bin/python3",
            "-I",
            "-c",
            "import zlib; zlib.compress(b'a line of text\\n' * 333333, 1)",
        ],
        library: "libz.so.1",
    },
    Program {
        what: "`sqlite3`, a sum of 100,000 rows",
        line: &[
            "/usr/bin/sqlite3",
            ":memory:",
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)
             select sum(i * 7 % 13), max(printf('%x', i)) from n",
        ],
        library: "libsqlite3.so.0",
    },
];

pub(crate) fn report(rounds: usize) {
    let place = built::place().join("lazy");
    fs::create_dir_all(&place).expect("the folder can be written");
    calls(&place, rounds);
    programs(&place, rounds);
}

fn calls(place: &Path, rounds: usize) {
    let real = place.join("libadd.so.1");
    compile(
        "add.c",
        &real,
        &["-shared", "-fPIC", "-Wl,-soname,libadd.so.1"],
    );
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

fn programs(place: &Path, rounds: usize) {
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
    for program in PROGRAMS {
        let (what, line, soname) = (program.what, program.line, program.library);
        let Some(library) = linked(line[0], soname) else {
            eprintln!("lazy: no {} that is linked with {soname}", line[0]);
            continue;
        };
        let (folders, stub) = folders(place, &library);
        let mut figures = [const { Vec::new() }; 2];
        eprintln!("lazy: {what}, {rounds} rounds");
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
            what.to_owned(),
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
        "## Programs on a lazy library\n\nFrom the start of the process to its end, of programs of \
         the distribution. The first four call nothing of the library. Medians of {rounds} processes \
         each, in turn."
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

pub(crate) fn compile(source: &str, to: &Path, options: &[&str]) {
    let done = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(to)
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("src/lazy")
                .join(source),
        )
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
pub(crate) fn size(file: &Path) -> f64 {
    fs::metadata(file).expect("it was built").len() as f64 / 1000.0
}
