//! Hosts with static modules: see `src/bin`.

use std::fs;
use std::process::Command;

use scenario_bounded::Bounded;

use crate::support::{stderr, stdout};

#[test]
fn two_static_modules_of_one_name_fail_the_boot() {
    let output = Command::new(env!("CARGO_BIN_EXE_twins")).bounded();
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(text.contains("`faulty`"), "{text}");
    assert_eq!(
        text.matches("twins.rs:").count(),
        2,
        "the error names both places: {text}"
    );
}

#[test]
fn a_static_module_without_the_state_static_fails_the_boot() {
    let output = Command::new(env!("CARGO_BIN_EXE_not_static")).bounded();
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    for part in ["`faulty`", "`static`", "build it as an image"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn of_several_static_providers_the_one_of_that_name_serves() {
    let output = Command::new(env!("CARGO_BIN_EXE_two_providers")).bounded();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn blocks_of_a_static_module_are_on_the_host_heap() {
    let output = Command::new(env!("CARGO_BIN_EXE_heap_static")).bounded();
    assert!(output.status.success(), "{}", stderr(&output));
}

/// A module that is linked in is in service from the boot on, before anyone calls it: its weak stubs
/// reach it as soon as its phase is due.
#[test]
fn weak_stubs_of_a_static_module_reach_it_before_anyone_has_called_it() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let run = |how: &[&str]| {
        let mut host = Command::new(env!("CARGO_BIN_EXE_weak_static"));
        let output = host.arg(root.path()).args(how).bounded();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let from_the_boot_on =
        "before: 0 0\nboot1: 7 0\nboot2: 7 0\ninit: 7 9\ncalled: 8\ncalled: 7 9\n";
    let late = "before: 0 0\nboot1: 0 0\nboot2: 0 0\ninit: 0 0\ncalled: 8\ncalled: 7 0\n";
    assert_eq!(run(&[]), from_the_boot_on);
    assert_eq!(run(&["on-first-call"]), late);
    let file = root.path().join("system");
    fs::write(&file, "version 1\nmodule lamp static\nmodule beacon best\n").expect("ours");
    assert_eq!(run(&[]), from_the_boot_on);
    let phases = "version 1\nmodule lamp static phase boot2\nmodule beacon static phase init\n";
    fs::write(&file, phases).expect("ours");
    assert_eq!(run(&[]), from_the_boot_on.replace("boot1: 7", "boot1: 0"));
    fs::write(&file, "version 1\nmodule lamp unused\nmodule beacon best\n").expect("ours");
    let text = run(&[]);
    assert!(
        text.contains("init: 0 9\ncalled: can't load module `lamp`"),
        "{text}"
    );
    assert!(text.ends_with("called: 0 9\n"), "{text}");
}
