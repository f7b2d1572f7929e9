//! Builds in which a panic ends the process. The process prints whose panic it was, and a host
//! refuses modules of the other kind of build.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use scenario_bounded::Bounded;

/// The profile in the workspace's manifest.
const PROFILE: &str = "aborting";
const SIGABRT: i32 = 6;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios-aborting")
}

/// The host, built with `panic = "abort"`, and a root of modules built in the same way.
fn built() -> &'static (PathBuf, PathBuf) {
    static BUILT: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = folder().join("target");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--locked", "--quiet", "--profile", PROFILE])
            .args(["--package", "scenario-aborting", "--target-dir"])
            .arg(&target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo starts");
        assert!(built.success(), "the host can't be built");
        let root = folder().join("root");
        let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
            .root(&root)
            .target_dir(&target)
            .profile(PROFILE)
            .quiet();
        for module in ["forgiving", "keeper", "panics"] {
            build = build.package(format!("scenario-{module}"));
        }
        if let Err(error) = build.run() {
            panic!("the modules can't be built: {error}");
        }
        (target.join(PROFILE).join("scenario-aborting"), root)
    })
}

fn run(host: &Path, root: &Path, what: &str) -> Output {
    Command::new(host)
        .arg(root)
        .arg(what)
        .env_remove("RUST_BACKTRACE")
        .bounded()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_aborting_host_works_with_aborting_modules() {
    let (host, root) = built();
    let output = run(host, root, "work");
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    assert_eq!(output.stdout, b"2 and 3 are 5\n", "{text}");
}

#[test]
fn a_panic_ends_the_process_and_names_its_module() {
    let (host, root) = built();
    for (what, parts) in [
        ("panic", &["module `panics`", "formatted: String"][..]),
        // No panic is caught, so the fallback is never used.
        ("fallback", &["module `forgiving`", "divide by zero"]),
        ("drop", &["module `keeper`", "not yet"]),
    ] {
        let output = run(host, root, what);
        let text = stderr(&output);
        assert_eq!(output.status.signal(), Some(SIGABRT), "{what}: {text}");
        for part in parts {
            assert!(text.contains(part), "{what}: {text}");
        }
    }
}

#[test]
fn an_unwinding_host_refuses_aborting_modules() {
    let (_, root) = built();
    let host = Path::new(env!("CARGO_BIN_EXE_scenario-aborting"));
    let output = run(host, root, "work");
    let text = stderr(&output);
    assert!(
        text.contains("panic strategy: image abort, host unwind"),
        "{text}"
    );
}

/// A policy that is not followed must not seem to be. This host is built alone, so without the feature
/// `verify` of `dlkm-rt`, which the whole workspace has.
#[test]
fn a_host_that_can_not_verify_does_not_boot() {
    let (host, _) = built();
    let root = tempfile::tempdir().expect("a temporary folder");
    for policy in ["warn", "enforce"] {
        let system = format!("version 1\nverify {policy}\n");
        fs::write(root.path().join("system"), system).expect("written");
        let output = run(host, root.path(), "work");
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for part in [
            &format!("/system says `verify {policy}`, but this program was built without"),
            "the feature `verify` of dlkm-rt",
            "`dlkm config verify off`",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
    fs::write(root.path().join("system"), "version 1\nverify off\n").expect("written");
    let text = stderr(&run(host, root.path(), "work"));
    assert!(text.contains("`keeper`"), "it has booted: {text}");
}
