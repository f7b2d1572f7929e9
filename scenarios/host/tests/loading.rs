//! First calls, loads by name, boot: see `src/scenario/loading.rs`.

mod support;

use std::process::Command;

scenarios! {
    first_call
    weak_before_and_after
    call_before_boot
    boot_twice
    load_by_name
    not_auto
    depends
    relay
    pair
    nobody
    events
}

#[test]
fn two_static_modules_of_one_name() {
    let output = Command::new(env!("CARGO_BIN_EXE_twins"))
        .output()
        .expect("the host starts");
    assert_eq!(output.status.code(), Some(1));
    let text = support::stderr(&output);
    assert!(text.contains("`faulty`"), "{text}");
    assert_eq!(
        text.matches("twins.rs:").count(),
        2,
        "both places are named: {text}"
    );
}

#[test]
fn a_static_module_that_must_not_be_one() {
    let output = Command::new(env!("CARGO_BIN_EXE_not_static"))
        .output()
        .expect("the host starts");
    assert_eq!(output.status.code(), Some(1));
    let text = support::stderr(&output);
    for part in ["`faulty`", "`static`", "build it as an image"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn static_modules_that_provide_the_same() {
    let output = Command::new(env!("CARGO_BIN_EXE_two_providers"))
        .output()
        .expect("the host starts");
    assert!(output.status.success(), "{}", support::stderr(&output));
}

#[test]
fn the_list_shows_all_without_running_any() {
    let output = support::succeed(support::root(), "list");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for line in [
        "counter: misc 0.1.0 unloaded",
        "pair: pair 2.0.1 unloaded",
        "plan: misc 0.1.0 unloaded",
    ] {
        assert!(text.lines().any(|one| one == line), "{text}");
    }
}
