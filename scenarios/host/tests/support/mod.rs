//! Builds the modules and runs the host. Each scenario is a process of its own, since a
//! process has one kernel.
#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const MODULES: [&str; 26] = [
    "bare",
    "by-name",
    "calc",
    "clingy",
    "counter",
    "early",
    "faulty",
    "forgiving",
    "fragile",
    "heap",
    "idler",
    "idler-top",
    "keeper",
    "loop-a",
    "loop-b",
    "lost",
    "mixed",
    "pair",
    "panics",
    "patient",
    "relay",
    "ring-a",
    "ring-b",
    "subscriber",
    "threads",
    "top",
];

/// The module root with all modules as they should be.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| build("modules", &MODULES))
}

/// Builds modules of `../modules` into a root of their own.
pub(crate) fn build(root: &str, modules: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("scenarios")
        .join(profile())
        .join(root);
    let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
        .profile(profile())
        .root(&root)
        .quiet();
    for module in modules {
        build = build.package(format!("scenario-{module}"));
    }
    if let Err(error) = build.run() {
        panic!("the scenarios' modules can't be built: {error}");
    }
    root
}

/// The profile of this build. Frames and inlining differ, and panics cross by what is on the stack:
/// as the tests are built, so are the modules.
fn profile() -> &'static str {
    let program = Path::new(env!("CARGO_BIN_EXE_scenario-host"));
    // target/debug, target/optimised
    let folder = program.parent().and_then(Path::file_name);
    match folder.and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("cargo builds programs in a folder"),
    }
}

/// Runs one scenario in a module root of its own, where it installs editions of module `edition`. Its
/// argument is a folder with a folder for each edition of module `edition`.
#[track_caller]
pub(crate) fn succeed_with_editions(scenario: &str) {
    static EDITIONS: OnceLock<PathBuf> = OnceLock::new();
    let folder = EDITIONS.get_or_init(|| {
        let built = ["1", "2", "young", "odd", "needy"].map(|one| {
            let folder = format!("editions/{one}");
            build(&folder, &[&format!("edition-{one}")])
        });
        built[0].parent().expect("they are in one").to_owned()
    });
    let root = tempfile::tempdir().expect("a temporary folder");
    for other in ["relay", "heap"] {
        let file = format!("{other}.so");
        fs::copy(self::root().join(&file), root.path().join(&file)).expect("built before");
    }
    let output = run(root.path(), scenario, folder.to_str().expect("UTF-8"));
    let text = stderr(&output);
    assert!(
        output.status.success(),
        "{scenario}: {}\n{text}",
        output.status
    );
}

/// Runs one scenario.
pub(crate) fn run(root: &Path, scenario: &str, argument: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scenario-host"))
        .arg(root)
        .args([scenario, argument])
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("the host starts")
}

/// What a process wrote to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs one scenario, which must succeed.
#[track_caller]
pub(crate) fn succeed(root: &Path, scenario: &str) -> Output {
    let output = run(root, scenario, "");
    let text = stderr(&output);
    assert!(
        output.status.success(),
        "{scenario}: {}\n{text}",
        output.status
    );
    output
}

/// One test for each scenario that is to succeed with all modules as they should be.
#[macro_export]
macro_rules! scenarios {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                support::succeed(support::root(), stringify!($name));
            }
        )*
    };
}

/// One test for each scenario with editions that is to succeed.
#[macro_export]
macro_rules! editions {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                support::succeed_with_editions(stringify!($name));
            }
        )*
    };
}
