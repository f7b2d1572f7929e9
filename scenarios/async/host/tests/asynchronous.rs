//! Async functions of modules, under tokio: see `src`. Each scenario is a process of its own,
//! since a process has one kernel.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

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

macro_rules! scenarios {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let mut host = Command::new(env!("CARGO_BIN_EXE_scenario-async-host"));
                host.arg(root()).arg(stringify!($name)).env_remove("RUST_BACKTRACE");
                let output = host.output().expect("the host starts");
                let text = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{}\n{text}", output.status);
            }
        )*
    };
}

scenarios! {
    ready_in_one_thread
    ready_in_many_threads
    ready_a_thousand_at_once
    ready_from_what_is_borrowed
    ready_in_a_module
    ready_without_a_module
    ready_from_a_weak_stub
    ready_and_the_module_stays
    ends_unpolled
    ends_half_way
    ends_by_a_timeout
    ends_with_its_task
    ends_in_another_thread
    ends_while_others_unload
    panics_in_a_poll
    panics_in_a_drop
    panics_in_a_module_below
    panics_in_the_callback
    panics_become_errors
    panics_unload
    wakers_of_the_host
    wakers_of_the_host_through_a_module
    wakers_of_a_module
    wakers_of_a_module_and_another_is_first
    wakers_of_tasks_that_are_gone
}
