//! What all subcommands share: reading images, and what is printed.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Style};
use dlkm_metadata::Metadata;

pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::BrightRed.on_default().bold();
pub(crate) const NOTE: Style = AnsiColor::BrightCyan.on_default().bold();

/// A file can't be read: as for a command line that is wrong.
pub(crate) const UNREADABLE: u8 = 2;

/// The image's metadata; what is wrong with the file is printed.
pub(crate) fn read(image: &Path) -> Option<Metadata> {
    Metadata::read(image)
        .map_err(|error| {
            anstream::eprintln!("{BAD}error{BAD:#}: {}: {error}", image.display());
        })
        .ok()
}

/// Prints a whole report, and ends with `code`.
pub(crate) fn print(text: &str, code: u8) -> ExitCode {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            anstream::eprintln!("{BAD}error{BAD:#}: the report can't be written: {error}");
            ExitCode::from(UNREADABLE)
        }
        _ => ExitCode::from(code),
    }
}
