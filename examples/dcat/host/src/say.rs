//! Messages on standard error.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints `dcat: message` on standard error.
///
/// Unlike `eprintln!`, it does not panic if standard error is a closed pipe. The exit code still reports
/// the failure.
pub(crate) fn say(message: impl Display) {
    let _ = writeln!(io::stderr(), "dcat: {message}");
}
