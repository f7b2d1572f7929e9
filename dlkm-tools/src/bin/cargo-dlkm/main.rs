//! `cargo dlkm`: creates and builds the loadable modules of a workspace, and runs hosts with them.

mod args;
mod build;
mod new;
mod report;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use dlkm_tools::terminal;

use args::{Args, Command};

fn main() -> ExitCode {
    terminal::follow_cargo_colour();
    match Args::parse_from(arguments(std::env::args_os())).command {
        Command::Build(options) => build::run(&options),
        Command::New(options) => new::run(&options),
        Command::Run(options) => run::run(&options),
    }
}

/// Cargo calls `cargo-dlkm dlkm build`; a direct call is `cargo-dlkm build`.
fn arguments(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.get(1).is_some_and(|first| first == "dlkm") {
        arguments.remove(1);
    }
    arguments
}
