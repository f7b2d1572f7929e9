//! `dlkm`: inspects loadable modules. Each subcommand has a file of its own.

mod args;
mod diff;
mod header;
mod info;
mod notes;
mod report;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    match Args::parse().command {
        Command::Diff(options) => diff::run(&options),
        Command::Header(options) => header::run(&options),
        Command::Info(options) => info::run(&options),
    }
}
