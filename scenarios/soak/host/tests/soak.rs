//! Runs `soak` for a bounded time. For longer: `scenarios/soak/long`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use scenario_bounded::{Bounded, PATIENCE};

/// The modules, built as the tests are: panics cross by the frames on the stack.
fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let profile = if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        };
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("soak")
            .join(profile);
        let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
            .package("scenario-soak")
            .package("scenario-soak-relay")
            .root(&root)
            .quiet();
        if !cfg!(debug_assertions) {
            build = build.release();
        }
        if let Err(error) = build.run() {
            panic!("the modules can't be built: {error}");
        }
        root
    })
}

/// Runs `soak` with `number`, unless the environment has another. It has `each` for one of them.
fn soak(what: &str, variable: &str, number: &str, each: Duration) {
    let number = std::env::var(variable).unwrap_or_else(|_| number.to_owned());
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .arg(root())
        .args([what, &number])
        .bounded_by(
            PATIENCE
                + number
                    .parse()
                    .map_or(Duration::ZERO, |number| each * number),
        );
    print!("{}", String::from_utf8_lossy(&output.stdout));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{errors}", output.status);
}

#[test]
fn all_kinds_of_callers_work_while_modules_come_and_go() {
    soak("run", "SOAK_SECONDS", "30", Duration::from_secs(1));
}

#[test]
fn ten_thousand_loads_leave_nothing_behind() {
    soak("cycles", "SOAK_CYCLES", "10000", Duration::from_millis(50));
}
