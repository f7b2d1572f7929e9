//! How long an interface of 1,000 functions takes to compile, compared with as many wrappers
//! written by hand: `cargo bench -p compile-time`. It takes some minutes.
//!
//! `cargo bench -p compile-time -- 9 200` does 9 rounds with 200 functions, and a word, as in
//! `-- 9 build`, leaves only the ways to compile that contain it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs};

const CRATES: [&str; 2] = ["hand", "stubs"];

/// How to compile.
struct Way {
    args: &'static [&'static str],
    /// Whether it follows a change elsewhere in the file.
    incremental: bool,
    /// Whether the macros themselves are optimised.
    optimised: bool,
}

const fn way(args: &'static [&'static str]) -> Way {
    Way {
        args,
        incremental: false,
        optimised: false,
    }
}

const fn again(way: Way) -> Way {
    Way {
        incremental: true,
        ..way
    }
}

const fn optimised(way: Way) -> Way {
    Way {
        optimised: true,
        ..way
    }
}

const WAYS: [Way; 6] = [
    way(&["check"]),
    again(way(&["check"])),
    optimised(way(&["check"])),
    optimised(again(way(&["check"]))),
    way(&["build"]),
    way(&["build", "--release"]),
];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    // `cargo bench` passes `--bench`; `cargo test --all-targets`, which runs this too, does not.
    if !args.iter().any(|arg| arg == "--bench") {
        return ExitCode::SUCCESS;
    }
    let (numbers, words): (Vec<_>, Vec<_>) = args
        .iter()
        .filter(|arg| !arg.starts_with('-'))
        .partition(|arg| arg.parse::<usize>().is_ok());
    let mut numbers = numbers.iter().filter_map(|arg| arg.parse::<usize>().ok());
    let (rounds, count) = (numbers.next().unwrap_or(7), numbers.next().unwrap_or(1000));
    let place = write(count);
    println!("{count} functions, median of {rounds} rounds, in seconds\n");
    println!(
        "{:<24} {:>7} {:>7} {:>6}   {:>7} {:>7} {:>6}",
        "", "by hand", "stubs", "ratio", "by hand", "stubs", "ratio"
    );
    println!("{:<24} {:^22}   {:^22}", "", "of the CPU", "on the clock");
    for way in WAYS {
        let again = if way.incremental { ", again" } else { "" };
        let macros = if way.optimised { ", macros -O1" } else { "" };
        let name = way.args.join(" ") + again + macros;
        if words.iter().all(|word| name.contains(word.as_str())) {
            measure(&way, &name, rounds, &place);
        }
    }
    if let Err(error) = fs::remove_dir_all(&place) {
        eprintln!("{} stays: {error}", place.display());
    }
    ExitCode::SUCCESS
}

/// A workspace of the two crates, with the dependencies' versions of this one.
fn write(count: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().expect("the repository is there");
    let place = env::temp_dir().join(format!("dlkm-compile-time-{}", std::process::id()));
    let put = |path: &str, text: String| {
        let path = place.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .and_then(|()| fs::write(&path, text))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    };
    put(
        "Cargo.toml",
        "[workspace]\nmembers = [\"hand\", \"stubs\"]\nresolver = \"3\"\n".into(),
    );
    if let Ok(lock) = fs::read_to_string(root.join("Cargo.lock")) {
        put("Cargo.lock", lock);
    }
    let manifest = |name: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
    };
    let runtime = root.join("dlkm-rt");
    let depends = format!("\n[dependencies]\ndlkm-rt = {{ path = {runtime:?} }}\n");
    put("hand/Cargo.toml", manifest("hand"));
    put("hand/src/lib.rs", compile_time::hand(count));
    put("stubs/Cargo.toml", manifest("stubs") + &depends);
    put("stubs/src/lib.rs", compile_time::stubs(count));
    place
}

/// Seconds: of the CPU in user mode, and on the clock.
#[derive(Clone, Copy)]
struct Cost([f64; 2]);

fn measure(way: &Way, name: &str, rounds: usize, place: &Path) {
    // Builds the dependencies, and warms the caches.
    for one in CRATES {
        build(way, one, place, 0);
    }
    let mut costs = [const { Vec::new() }; 2];
    for round in 1..=rounds {
        // In turn, so that other load of the machine affects both.
        for (costs, one) in costs.iter_mut().zip(CRATES) {
            costs.push(build(way, one, place, round));
        }
    }
    let [hand, stubs] = costs.map(|costs| [0, 1].map(|i| median(&costs, i)));
    println!(
        "{name:<24} {:>7.2} {:>7.2} {:>6.2}   {:>7.2} {:>7.2} {:>6.2}",
        hand[0],
        stubs[0],
        stubs[0] / hand[0],
        hand[1],
        stubs[1],
        stubs[1] / hand[1],
    );
}

/// The end of a crate: what changes from round to round.
const ROUND: &str = "\n/// The round.\npub const ROUND: usize = ";

/// Compiles one crate again.
fn build(way: &Way, one: &str, place: &Path, round: usize) -> Cost {
    let source = place.join(one).join("src/lib.rs");
    let text = fs::read_to_string(&source).expect("it was written");
    let (text, _) = text.split_once(ROUND).unwrap_or((&text, ""));
    let text = format!("{text}{ROUND}{round};\n");
    fs::write(&source, text).expect("it was written");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(way.args)
        .args(["--quiet", "--package", one])
        .current_dir(place)
        .env("CARGO_INCREMENTAL", if way.incremental { "1" } else { "0" })
        .env("CARGO_TARGET_DIR", place.join("target"))
        .env(
            "CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL",
            if way.optimised { "1" } else { "0" },
        )
        .stdin(Stdio::null());
    let (before, start) = (children(), Instant::now());
    let status = cargo.status().expect("cargo starts");
    let clock = start.elapsed().as_secs_f64();
    assert!(status.success(), "`{one}` does not compile");
    Cost([children() - before, clock])
}

/// Seconds of CPU time in user mode of the processes that this one has waited for. Unlike the
/// clock, this leaves out the time that other processes had the CPU.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux has it");
    // After the name, which may contain anything: see proc_pid_stat(5), `cutime`.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().nth(13);
    let ticks: f64 = ticks.and_then(|ticks| ticks.parse().ok()).unwrap_or(0.0);
    ticks / 100.0
}

fn median(costs: &[Cost], which: usize) -> f64 {
    let mut values: Vec<_> = costs.iter().map(|cost| cost.0[which]).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
