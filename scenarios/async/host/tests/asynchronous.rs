//! Async functions of modules, under tokio: see `src`. Each scenario is a process of its own,
//! since a process has one kernel.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use scenario_bounded::Bounded;

/// The module root.
fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let profile = if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        };
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("async")
            .join(profile);
        let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
            .root(&root)
            .quiet();
        if !cfg!(debug_assertions) {
            build = build.release();
        }
        for module in ["courier", "porter", "relay"] {
            build = build.package(format!("scenario-async-{module}"));
        }
        if let Err(error) = build.run() {
            panic!("the scenarios' modules can't be built: {error}");
        }
        root
    })
}

/// Runs a scenario; it must succeed.
#[track_caller]
fn run(scenario: &str) {
    let mut host = Command::new(env!("CARGO_BIN_EXE_scenario-async-host"));
    host.arg(root()).arg(scenario).env_remove("RUST_BACKTRACE");
    let output = host.bounded();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{text}", output.status);
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

scenario_async_host::scenarios!(tests);
