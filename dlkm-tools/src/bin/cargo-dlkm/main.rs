//! `cargo dlkm`: builds the loadable modules of a workspace, and runs hosts with them.

mod args;
mod run;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use clap::builder::styling::AnsiColor;
use dlkm_tools::{Error, Installed};

use args::{Args, Command};

fn main() -> ExitCode {
    follow_cargo_colour();
    match Args::parse_from(arguments(std::env::args_os())).command {
        Command::Build(build) => report(build.build().run(), build.common.quiet),
        Command::Run(options) => run::run(&options),
    }
}

/// Cargo calls `cargo-dlkm dlkm build`; called directly it is `cargo-dlkm build`.
fn arguments(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.get(1).is_some_and(|first| first == "dlkm") {
        arguments.remove(1);
    }
    arguments
}

/// `anstream` knows NO_COLOR, CLICOLOR and terminals; this adds cargo's own variable.
fn follow_cargo_colour() {
    let choice = match std::env::var("CARGO_TERM_COLOR").as_deref() {
        Ok("always") => anstream::ColorChoice::Always,
        Ok("never") => anstream::ColorChoice::Never,
        _ => return,
    };
    choice.write_global();
}

/// Tells what was installed, or what went wrong, and how to end.
fn report(result: Result<Vec<Installed>, Error>, quiet: bool) -> ExitCode {
    match result {
        Ok(installed) => {
            if !quiet {
                installed.iter().for_each(print);
            }
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

/// One line, as cargo writes them.
fn print(module: &Installed) {
    let verb = if module.changed {
        "Installed"
    } else {
        "Unchanged"
    };
    let style = AnsiColor::BrightGreen.on_default().bold();
    let file = shortened(&module.file);
    anstream::eprintln!(
        "{style}{verb:>12}{style:#} {} {} ({})",
        module.module,
        module.version,
        file.display()
    );
}

/// The path from here, when it lies below.
fn shortened(file: &Path) -> &Path {
    let here = std::env::current_dir().ok();
    here.and_then(|here| file.strip_prefix(here).ok())
        .or_else(|| file.strip_prefix(".").ok())
        .unwrap_or(file)
}

/// Prints the error and its causes. Cargo's own exit code is passed on; everything else is 1.
fn fail(error: &Error) -> ExitCode {
    let red = AnsiColor::BrightRed.on_default().bold();
    anstream::eprintln!("{red}error{red:#}: {error}");
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        // Some errors repeat their source's words.
        if !said.contains(&text) {
            anstream::eprintln!("\nCaused by:");
            text.trim_end()
                .lines()
                .for_each(|line| anstream::eprintln!("  {line}"));
            said = text;
        }
        cause = error.source();
    }
    let code = match error {
        Error::Cargo { status, .. } => status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1),
        _ => 1,
    };
    ExitCode::from(code)
}
