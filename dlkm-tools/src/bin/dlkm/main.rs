//! `dlkm`: inspects and administers loadable modules. Each subcommand has a file of its own.

mod args;
mod change;
mod check;
mod common;
mod diff;
mod failure;
mod header;
mod info;
mod kernels;
mod list;
mod module;
mod place;
mod progress;
mod report;
mod show;
mod status;
mod table;
mod tunables;
mod tune;
mod view;
mod why;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use failure::Failure;

fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            failure.print();
            ExitCode::from(report::FILE_ERROR)
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Check(options) => check::run(&options),
        Command::Diff(options) => Ok(diff::run(&options)),
        Command::Header(options) => Ok(header::run(&options)),
        Command::Info(options) => Ok(info::run(&options)),
        Command::List(options) => list::run(&options),
        Command::Load(options) => kernels::load(&options),
        Command::Module(options) => module::run(&options),
        Command::Status(options) => status::run(&options),
        Command::Tune(options) => tune::run(&options),
        Command::Unload(options) => kernels::unload(&options),
        Command::Upgrade(options) => kernels::upgrade(&options),
        Command::Why(options) => why::run(&options),
    }
}
