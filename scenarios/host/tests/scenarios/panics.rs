//! What a process prints and how it ends when a module panics.

use std::os::unix::process::ExitStatusExt;

use crate::scenario::{boundary, threads};
use crate::support::{root, stderr};

#[test]
fn an_uncaught_panic_ends_the_host_as_its_own_would() {
    let output = boundary::panic_uncaught().run(root(), "");
    assert_eq!(output.status.code(), Some(101));
    let text = stderr(&output);
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

/// Two panics at once end a process without modules as well. The message names the module that
/// caused the second.
#[test]
fn a_panic_while_another_unwinds_ends_the_process() {
    let output = boundary::panic_while_panicking().run(root(), "");
    let text = stderr(&output);
    const SIGABRT: i32 = 6;
    assert_eq!(output.status.signal(), Some(SIGABRT), "{text}");
    for part in ["the host's own", "`panics::panic`", "a plain text"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_panic_of_a_modules_thread_is_printed_with_its_module() {
    let output = threads::thread_panics().succeed(root());
    let text = stderr(&output);
    assert!(text.contains("module `threads`"), "{text}");
    assert!(text.contains("no more milk"), "{text}");
}
