//! Heap blocks and panics: see `src/scenario/boundary.rs`.

mod support;

scenarios! {
    heap
    panics
    panic_hook
    panic_in_a_thread
    panic_through_a_module
    panic_in_a_callback
    drop_while_panicking
}

#[test]
fn an_uncaught_panic_ends_the_host_as_its_own_would() {
    let output = support::run(support::root(), "panic_uncaught", "");
    assert_eq!(output.status.code(), Some(101));
    let text = support::stderr(&output);
    assert_eq!(
        text.matches("panicked at").count(),
        1,
        "reported once: {text}"
    );
    for part in [
        "`panics`",
        "`panics::panic`",
        "src/lib.rs:",
        "formatted: String",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn heap_of_a_static_module() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_heap_static"))
        .output()
        .expect("the host starts");
    assert!(output.status.success(), "{}", support::stderr(&output));
}

/// As two panics at once do without modules; the message says whose the second was.
#[test]
fn a_panic_while_another_unwinds_ends_the_process() {
    use std::os::unix::process::ExitStatusExt;
    let output = support::run(support::root(), "panic_while_panicking", "");
    let text = support::stderr(&output);
    const SIGABRT: i32 = 6;
    assert_eq!(output.status.signal(), Some(SIGABRT), "{text}");
    for part in ["the host's own", "`panics::panic`", "a plain text"] {
        assert!(text.contains(part), "{text}");
    }
}
