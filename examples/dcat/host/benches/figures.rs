//! Measures what loading on demand costs and saves: compares `dcat` and its drivers as images with the
//! same program with all six linked in. `cargo bench -p dcat --bench figures` prints the table. Both are
//! release builds. They run in turn, and the table shows medians.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 101;

fn main() {
    // `cargo test --benches` builds and starts this too.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures");
    let loaded = build(&folder.join("loaded"), &[]);
    let modules = loaded.with_file_name("modules");
    let mut modules_build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"));
    for format in ["gzip", "zstd", "xz", "bzip2", "lz4", "brotli"] {
        modules_build = modules_build.package(format!("dcat-{format}"));
    }
    modules_build
        .release()
        .target_dir(folder.join("loaded"))
        .root(&modules)
        .quiet()
        .run()
        .expect("the drivers build");
    let linked = build(&folder.join("static"), &["--features", "static"]);
    let text = folder.join("small.txt");
    fs::write(&text, "a line of text\n".repeat(30_000)).expect("written");
    let mut table = Table::default();

    table.size("size of the program, kB", &[&loaded], &[&linked]);
    let images = images(&modules);
    let with_images: Vec<&Path> = [&*loaded]
        .into_iter()
        .chain(images.iter().map(PathBuf::as_path))
        .collect();
    table.size("the same with all images, kB", &with_images, &[&linked]);
    for image in &images {
        let name = image.file_name().unwrap_or_default().to_string_lossy();
        println!("  {name}: {} kB", size(image) / 1000);
    }
    println!();
    let programs = [&*loaded, &*linked];
    let micros =
        |program: usize, args: &[&OsStr]| time(programs[program], args).as_secs_f64() * 1e6;
    table.runs("--version: start to end", "µs", |i| {
        micros(i, &["--version".as_ref()])
    });
    for (tool, suffix) in [("gzip", "gz"), ("zstd", "zst"), ("xz", "xz")] {
        let file = text.with_extension(suffix);
        compress(tool, &text, &file);
        let args = [file.as_os_str()];
        table.runs(&format!("450 kB as .{suffix}: start to end"), "µs", |i| {
            micros(i, &args)
        });
        table.runs("  its peak memory", "kB", |i| memory(programs[i], &args));
    }
    table.print();
}

fn build(target: &Path, features: &[&str]) -> PathBuf {
    let done = Command::new(env!("CARGO"))
        .args(["build", "--release", "--package", "dcat", "--target-dir"])
        .arg(target)
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(done.expect("cargo starts").success(), "dcat builds");
    let built = target.join("release/dcat");
    // Without symbols, as programs are installed.
    let stripped = target.join("release/installed/dcat");
    fs::create_dir_all(stripped.with_file_name("")).expect("a folder");
    strip(&built, &stripped);
    stripped
}

fn strip(from: &Path, to: &Path) {
    let done = Command::new("strip").arg("-o").args([to, from]).status();
    assert!(
        done.expect("strip starts: install the package binutils")
            .success()
    );
}

fn images(modules: &Path) -> Vec<PathBuf> {
    let mut images: Vec<_> = fs::read_dir(modules)
        .expect("the module root")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    images.sort();
    for image in &images {
        let stripped = image.with_extension("stripped");
        strip(image, &stripped);
        fs::rename(stripped, image).expect("renamed");
    }
    images
}

fn compress(tool: &str, from: &Path, to: &Path) {
    let to = fs::File::create(to).expect("created");
    let done = Command::new(tool).arg("-c").arg(from).stdout(to).status();
    assert!(
        done.expect("the tool starts: .ci/test installs it")
            .success()
    );
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).expect("there").len()
}

/// Wall time from start to end.
fn time(program: &Path, args: &[&OsStr]) -> Duration {
    let start = Instant::now();
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .status()
        .expect("it starts");
    let took = start.elapsed();
    assert!(status.success(), "{} fails", program.display());
    took
}

/// Peak resident memory in kB, read while the program waits because its output pipe is full.
/// (The value of wait4(2) for a child includes memory that its parent had before.)
fn memory(program: &Path, args: &[&OsStr]) -> f64 {
    let mut child = Command::new(program)
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let proc = PathBuf::from(format!("/proc/{}", child.id()));
    let mut output = child.stdout.take().expect("piped");
    output.read_exact(&mut [0]).expect("it writes something");
    let waits = || {
        let wait = fs::read_to_string(proc.join("wchan")).unwrap_or_default();
        wait.contains("pipe_write")
    };
    while !waits() {
        std::thread::yield_now();
    }
    let status = fs::read_to_string(proc.join("status")).expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|text| text.trim().strip_suffix(" kB")?.parse().ok());
    io::copy(&mut output, &mut io::sink()).expect("the rest");
    assert!(child.wait().expect("it ends").success());
    peak.expect("a line VmHWM")
}

#[derive(Default)]
struct Table(Vec<[String; 4]>);

impl Table {
    fn row(&mut self, what: &str, loaded: f64, linked: f64) {
        let ratio = format!("{:.2}", loaded / linked);
        self.0.push([
            what.to_owned(),
            format!("{loaded:.0}"),
            format!("{linked:.0}"),
            ratio,
        ]);
    }

    fn size(&mut self, what: &str, loaded: &[&Path], linked: &[&Path]) {
        let sum = |files: &[&Path]| files.iter().map(|file| size(file)).sum::<u64>() as f64;
        self.row(what, sum(loaded) / 1000.0, sum(linked) / 1000.0);
    }

    /// The two programs in turn, so that a slow moment of the machine hits both.
    fn runs(&mut self, what: &str, unit: &str, measure: impl Fn(usize) -> f64) {
        let mut figures = [Vec::new(), Vec::new()];
        for _ in 0..=RUNS {
            for (i, figures) in figures.iter_mut().enumerate() {
                figures.push(measure(i));
            }
        }
        let [loaded, linked] = figures.map(median);
        self.row(&format!("{what}, {unit}"), loaded, linked);
    }

    fn print(&self) {
        let mut out = io::stdout().lock();
        let head = ["", "loaded", "static", "ratio"].map(str::to_owned);
        for [what, loaded, linked, ratio] in [&head].into_iter().chain(&self.0) {
            let _ = writeln!(out, "{what:<36} {loaded:>9} {linked:>9} {ratio:>7}");
        }
    }
}

/// The first run is a warm-up, and is left out.
fn median(mut values: Vec<f64>) -> f64 {
    values.remove(0);
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
