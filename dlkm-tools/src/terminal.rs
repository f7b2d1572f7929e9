//! How the commands look in a terminal: cargo's colours, and messages in cargo's form.

use std::error::Error;
use std::fmt::Display;

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};

/// What went well.
pub const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();
/// What went wrong.
pub const BAD: Style = AnsiColor::BrightRed.on_default().bold();
/// What may be wrong.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What is worth knowing.
pub const NOTE: Style = AnsiColor::BrightCyan.on_default().bold();
/// What the lines below it are about.
pub const HEADING: Style = Style::new().bold();

/// Cargo's own styles, for `--help` and for errors of the command line.
pub const HELP: Styles = Styles::styled()
    .header(GOOD)
    .usage(GOOD)
    .literal(NOTE)
    .placeholder(AnsiColor::Cyan.on_default())
    .error(BAD)
    .valid(NOTE)
    .invalid(WARNING);

/// Prints an error on stderr.
pub fn error(text: impl Display) {
    anstream::eprintln!("{BAD}error{BAD:#}: {text}");
}

/// Prints an error and its causes on stderr.
pub fn error_with_causes(error: &dyn Error) {
    self::error(error);
    causes(error);
}

/// Prints the causes of an error on stderr.
pub fn causes(error: &dyn Error) {
    let mut printed = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Some errors repeat the text of their source.
        if !printed.contains(&text) {
            anstream::eprintln!("\nCaused by:");
            text.trim_end()
                .lines()
                .for_each(|line| anstream::eprintln!("  {line}"));
            printed = text;
        }
        cause = error.source();
    }
}

/// Prints a warning on stderr.
pub fn warning(text: impl Display) {
    anstream::eprintln!("{WARNING}warning{WARNING:#}: {text}");
}

/// Prints a note on stderr.
pub fn note(text: impl Display) {
    anstream::eprintln!("{HEADING}note{HEADING:#}: {text}");
}

/// Follows cargo's variable `CARGO_TERM_COLOR`. `anstream` itself follows `NO_COLOR`, `CLICOLOR` and
/// whether the output is a terminal.
pub fn follow_cargo_colour() {
    let choice = match std::env::var("CARGO_TERM_COLOR").as_deref() {
        Ok("always") => anstream::ColorChoice::Always,
        Ok("never") => anstream::ColorChoice::Never,
        _ => return,
    };
    choice.write_global();
}
