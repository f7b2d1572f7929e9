//! Messages to the person at the terminal.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints `dcat: message` on standard error.
///
/// `eprintln!` panics when standard error is a closed pipe. There is nobody to tell about that, and the
/// exit status still says what happened.
pub(crate) fn say(message: impl Display) {
    let _ = writeln!(io::stderr(), "dcat: {message}");
}
