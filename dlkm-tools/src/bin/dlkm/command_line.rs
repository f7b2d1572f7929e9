//! Reads the command line. An error of it has a number, as all messages.

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

use crate::message::{self, Message};

/// The options and arguments; ends the process after an error, or after help.
pub(crate) fn parse<T: Parser>(words: impl IntoIterator<Item = OsString>) -> T {
    let error = match T::try_parse_from(words) {
        Ok(parsed) => return parsed,
        Err(error) => error,
    };
    if !message::are_shown() || !error.use_stderr() {
        error.exit();
    }
    let text = error.render().ansi().to_string();
    let text = text.replacen(
        "error:",
        &format!("error{}:", Message::CommandLine.tag()),
        1,
    );
    // There is no place left for this one to be reported.
    let _ = anstream::stderr().write_all(text.as_bytes());
    std::process::exit(error.exit_code())
}
