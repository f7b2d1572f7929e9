//! What the subcommands share: reading an image, and printing a report.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use dlkm_metadata::Metadata;

use crate::message::{self, Message};

/// The exit code if a file can't be read or written; it is also clap's for a wrong command line.
pub(crate) const FILE_ERROR: u8 = 2;

/// The image's metadata, or nothing after printing why the image can't be read.
pub(crate) fn read(image: &Path) -> Option<Metadata> {
    Metadata::read(image)
        .map_err(|error| {
            let text = format_args!("{}: {error}", image.display());
            message::error(Message::Image, text);
        })
        .ok()
}

/// Prints a whole report on stdout. The exit code is `code`, unless the report can't be written.
pub(crate) fn print(text: &str, code: u8) -> ExitCode {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            message::error(
                Message::Output,
                format_args!("can't write the report: {error}"),
            );
            ExitCode::from(FILE_ERROR)
        }
        _ => ExitCode::from(code),
    }
}

/// The same. A person at a terminal is told what it means that there is nothing; a program is not.
pub(crate) fn print_or(text: &str, nothing: &str, code: u8) -> ExitCode {
    match text.is_empty() && std::io::stdout().is_terminal() {
        true => print(&format!("{nothing}\n"), code),
        false => print(text, code),
    }
}

/// Prints JSON on stdout.
pub(crate) fn print_json(value: &serde_json::Value, code: u8) -> ExitCode {
    print(&format!("{value:#}\n"), code)
}
