//! A host has no kernel in itself, and boots that of `libdlkm_kernel.so`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use scenario_bounded::Bounded;

const KERNEL: &str = "libdlkm_kernel.so";
const PROGRAM: &str = env!("CARGO_BIN_EXE_scenario-shared");

/// A folder with the module root `modules`, and the kernel beside it.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
        let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
            .root(folder.join("modules"))
            .kernel()
            .quiet();
        for module in ["counter", "heap", "panics", "relay"] {
            build = build.package(format!("scenario-{module}"));
        }
        build.run().expect("the modules and the kernel build");
        folder
    })
}

fn run(folder: &Path, what: &str) -> Output {
    let mut program = Command::new(PROGRAM);
    program.arg(folder.join("modules")).arg(what);
    program.env_remove("RUST_BACKTRACE").bounded()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn printed(what: &str) -> [String; 2] {
    let output = run(built(), what);
    let error = text(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    [text(&output.stdout), error]
}

/// The error of a boot with another file in the kernel's place.
fn refused(kernel: impl FnOnce(&Path)) -> String {
    refused_at("calls", kernel)
}

fn refused_at(what: &str, kernel: impl FnOnce(&Path)) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    kernel(&folder.path().join(KERNEL));
    let output = run(folder.path(), what);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr).replace(&folder.path().display().to_string(), "DIR")
}

const CALLS: &str = "\
peek 0
count 1
peek 1
relay 2
unload ()
peek 0
load ()
count 1
keep 2
";

#[test]
fn calls_load_modules_and_the_program_unloads_them() {
    let [out, error] = printed("calls");
    let rest = out.strip_prefix(CALLS).unwrap_or_else(|| panic!("{out}"));
    let rest: Vec<_> = rest.lines().collect();
    assert!(
        rest[0].starts_with("unload module `counter` stays: `counter::keep` is a `#[stub]`"),
        "{out}"
    );
    assert_eq!(rest[1], "nobody 42");
    assert!(
        rest[2].starts_with("load can't load module `nobody`: there is no image"),
        "{out}"
    );
    assert_eq!(rest.len(), 3, "{out}");
    // As in other hosts, failures are for the program to report.
    assert_eq!(error, "");
}

#[test]
fn calls_before_the_boot_find_no_kernel_and_later_ones_do() {
    let [out, _] = printed("early");
    let (first, rest) = out.split_once('\n').expect("lines");
    assert!(first.contains("no kernel is booted"), "{out}");
    assert!(rest.starts_with(&format!("peek 0\n{CALLS}")), "{out}");
}

#[test]
fn a_call_in_the_program_keeps_its_module_loaded() {
    let [out, _] = printed("busy");
    let lines: Vec<_> = out.lines().collect();
    assert!(lines[0].contains("busy"), "{out}");
    assert_eq!(lines[1..], ["()", "called back", "during true"], "{out}");
}

#[test]
fn panics_reach_the_programs_hook_and_its_code() {
    let [out, error] = printed("panics");
    let lines: Vec<_> = out.lines().collect();
    assert!(
        lines[0].starts_with("relayed \"module `panics`, function `panics::panic` panicked"),
        "{out}"
    );
    assert!(
        lines[1].starts_with("caught module `panics`, function `panics::panic` panicked"),
        "{out}"
    );
    assert_eq!(lines[2], "caught the program's own");
    assert!(
        lines[3].starts_with("hook module `panics`, function `panics::panic`, at "),
        "{out}"
    );
    assert!(lines[4].starts_with("caught module `panics`"), "{out}");
    let own = error
        .lines()
        .filter(|line| line.contains("panicked at scenarios/shared"));
    assert_eq!(own.count(), 1, "{error}");
    let of_module = |line: &&str| line.starts_with("module `panics`, function `panics::panic`: ");
    assert_eq!(error.lines().filter(of_module).count(), 2, "{error}");
}

#[test]
fn heap_blocks_cross() {
    let [out, _] = printed("blocks");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!([lines[0], lines[2]], ["1048576", "1154577"], "{out}");
}

#[test]
fn a_second_boot_is_refused() {
    let [out, _] = printed("twice");
    assert!(out.contains("has already booted a kernel"), "{out}");
}

#[test]
fn without_its_kernel_the_program_says_so() {
    let error = refused(|_| ());
    assert!(
        error.starts_with("the kernel of this program, DIR/libdlkm_kernel.so, can't be opened: "),
        "{error}"
    );
    assert!(
        error.ends_with("; `cargo dlkm build --kernel` puts it there\n"),
        "{error}"
    );
}

#[test]
fn a_damaged_kernel_is_refused() {
    let whole = fs::read(built().join(KERNEL)).expect("built");
    for length in [0, 1, 100, 5_000, whole.len() / 2, whole.len() - 1] {
        let error = refused(|kernel| fs::write(kernel, &whole[..length]).expect("written"));
        assert!(
            error.contains("DIR/libdlkm_kernel.so, "),
            "{length}: {error}"
        );
    }
    let module = built().join("modules/counter.so");
    let error = refused(|kernel| assert!(fs::copy(&module, kernel).is_ok()));
    assert!(error.contains("dlkm_kernel_boot_shared"), "{error}");
}

/// Changes one digit of the kernel's record of its build.
#[test]
fn a_kernel_of_another_build_is_refused() {
    let mut kernel = fs::read(built().join(KERNEL)).expect("built");
    let line = b"\0runtime=0.1.0 (";
    let mut count = 0;
    for at in 0..kernel.len() - line.len() {
        if kernel[at..].starts_with(line) {
            let digit = &mut kernel[at + line.len()];
            *digit = if *digit == b'0' { b'1' } else { b'0' };
            count += 1;
        }
    }
    assert!(count > 0, "its build is in it");
    let error = refused(|file| fs::write(file, &kernel).expect("written"));
    assert!(
        error.contains("does not fit this program: runtime is `0.1.0 ("),
        "{error}"
    );
}

/// The program gets the functions that write an error of a kernel with the error.
#[test]
fn an_error_of_the_kernel_is_described() {
    let error = refused_at("described", |kernel| {
        assert!(fs::copy(built().join(KERNEL), kernel).is_ok());
        let modules = kernel.with_file_name("modules");
        fs::create_dir(&modules).expect("the module root");
        fs::write(modules.join("system"), "version 1\nnonsense\n").expect("written");
    });
    let source = "line 2, column 1: `nonsense` is unknown; a line begins with `module`, `tunable`, `verify`, \
                  `key` or `*` for a comment";
    let text = format!("`DIR/modules/system`, {source}");
    assert_eq!(error, format!("{text}\nSystem({text})\n{source}\n"));
}

/// What the program is for: nothing of a kernel is linked into it.
#[test]
fn the_program_contains_no_kernel() {
    let has = |file: &Path, text: &[u8]| {
        let file = fs::read(file).expect("built");
        file.windows(text.len()).any(|part| part == text)
    };
    for text in [&b"kernel7install"[..], b"loader7catalog"] {
        assert!(has(&built().join(KERNEL), text), "the kernel has it");
        assert!(
            !has(Path::new(PROGRAM), text),
            "{}",
            String::from_utf8_lossy(text)
        );
    }
}
