//! `dlkm`: inspects and administers loadable modules. Each subcommand has a file of its own.

mod args;
mod change;
mod check;
mod command_line;
mod common;
mod completions;
mod config;
mod diff;
mod failure;
mod header;
mod held;
mod info;
mod install;
mod kernels;
mod list;
mod log;
mod message;
mod module;
mod names;
mod notes;
mod place;
mod progress;
mod remove;
mod report;
mod roots;
mod saved;
mod show;
mod sign;
mod status;
mod stub;
mod table;
mod top;
mod tree;
mod tunables;
mod tune;
mod view;
mod why;

use std::process::ExitCode;

use clap::CommandFactory;

use args::{Args, Command};
use failure::Failure;

fn main() -> ExitCode {
    let done = match names::run(std::env::args_os()) {
        Some(done) => done,
        None => run(command_line::parse::<Args>(std::env::args_os()).command),
    };
    match done {
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
        Command::Completions(options) => Ok(completions::completions(&options, Args::command())),
        Command::Config(options) => config::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Header(options) => Ok(header::run(&options)),
        Command::Info(options) => info::run(&options),
        Command::Install(options) => install::run(&options),
        Command::List(options) => list::run(&options),
        Command::Load(options) => kernels::load(&options),
        Command::Log(options) => log::run(&options),
        Command::Man(options) => completions::man(&options, Args::command()),
        Command::Messages(_) => Ok(report::print(&message::table(), 0)),
        Command::Module(options) => module::run(&options),
        Command::Remove(options) => remove::run(&options),
        Command::Sign(options) => sign::run(&options),
        Command::Status(options) => status::run(&options),
        Command::Stub(options) => stub::run(&options),
        Command::Top(options) => top::run(&options),
        Command::Tree(options) => tree::run(&options),
        Command::Tune(options) => tune::run(&options),
        Command::Unload(options) => kernels::unload(&options),
        Command::Upgrade(options) => kernels::upgrade(&options),
        Command::Why(options) => why::run(&options),
    }
}
