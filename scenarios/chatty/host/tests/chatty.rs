//! What a module logs and traces: see `src/bin/chatty`. Each scenario is a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use dlkm_tools::Build;
use scenario_bounded::Bounded;

const PROFILE: &str = if cfg!(debug_assertions) {
    "debug"
} else {
    "release"
};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("chatty")
        .join(name)
}

/// Where Cargo builds without the features: what it builds with them has the same names. Shared
/// with other tests, so that the dependencies are compiled once.
fn plain_target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared")
}

fn build(root: &str, options: impl FnOnce(Build) -> Build) -> PathBuf {
    let root = folder(PROFILE).join(root);
    let mut build = Build::new(env!("CARGO_MANIFEST_DIR"))
        .package("scenario-chatty")
        .root(&root)
        .quiet();
    if !cfg!(debug_assertions) {
        build = build.release();
    }
    if let Err(error) = options(build).run() {
        panic!("the module can't be built: {error}");
    }
    root
}

/// The module root with the module that forwards.
fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| build("forward", |build| build.features("forward")))
}

#[track_caller]
fn succeed(command: &mut Command) -> Output {
    let output = command.bounded();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{text}", output.status);
    output
}

/// Runs a scenario; it must succeed.
#[track_caller]
fn run(scenario: &str) {
    succeed(
        Command::new(env!("CARGO_BIN_EXE_chatty"))
            .arg(root())
            .arg(scenario),
    );
}

macro_rules! tests {
    ($($family:ident { $($name:ident)* })*) => {
        $(
            mod $family {
                $(
                    #[test]
                    fn $name() {
                        crate::run(concat!(stringify!($family), "::", stringify!($name)));
                    }
                )*
            }
        )*
    };
}

scenario_chatty_host::scenarios!(tests);

#[test]
fn a_static_module_uses_the_hosts_logger_and_subscriber() {
    succeed(&mut Command::new(env!("CARGO_BIN_EXE_chatty-static")));
}

#[test]
fn a_module_without_the_features_forwards_nothing() {
    let root = build("plain", |build| build.target_dir(plain_target()));
    // The host of this test's own build has the features.
    succeed(Command::new(env!("CARGO_BIN_EXE_deaf")).arg(root));
}

#[test]
fn a_host_without_the_features_receives_nothing() {
    succeed(
        Command::new(env!("CARGO"))
            .args(["build", "--package", "scenario-chatty-host"])
            .args(["--bin", "deaf", "--no-default-features", "--target-dir"])
            .arg(plain_target())
            .args((!cfg!(debug_assertions)).then_some("--release"))
            .current_dir(env!("CARGO_MANIFEST_DIR")),
    );
    let host = plain_target().join(PROFILE).join("deaf");
    succeed(Command::new(host).arg(root()));
}
