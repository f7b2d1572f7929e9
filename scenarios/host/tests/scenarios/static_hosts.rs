//! Hosts with static modules: see `src/bin`.

use std::process::Command;

use scenario_bounded::Bounded;

use crate::support::stderr;

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
