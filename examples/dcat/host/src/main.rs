//! `dcat` prints the content of compressed files.
//!
//! It contains no decoder and knows no format: each decoder is a module with an entry in a switch table,
//! and the first call through the entry loads it. Built with the feature `static`, the same program
//! contains six of them.

mod choose;
mod cli;
mod decode;
mod failure;
mod input;
mod modules;
mod output;
mod progress;
mod say;
mod trace;

// Nothing else names the drivers. A driver that is linked registers its module.
#[cfg(feature = "static")]
use {
    dcat_brotli as _, dcat_bzip2 as _, dcat_gzip as _, dcat_lz4 as _, dcat_xz as _, dcat_zstd as _,
};

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use dcat_api::codecsw::{self, Entry};
use dlkm_rt::{Kernel, ModuleInfo, ModuleRoot, SwitchError};

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::Output;
use crate::say::say;
use crate::trace::Trace;

fn main() -> ExitCode {
    let started = Instant::now();
    match run(&Cli::parse(), started) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(error);
            ExitCode::FAILURE
        }
    }
}

/// Runs the command line. `Ok(false)` means that a file failed, and that its error was printed.
fn run(cli: &Cli, started: Instant) -> Result<bool, Box<dyn Error>> {
    let root = match &cli.module_root {
        Some(root) => root.clone(),
        None => default_module_root()?,
    };
    // A program with drivers in it needs no folder.
    let trusted = match cfg!(feature = "static") && !root.exists() {
        true => ModuleRoot::none(),
        // SAFETY: the folder is part of this installation, or the user who runs the program has named it.
        // Users who can write to it control what the program does, as if they could write to the program's
        // file.
        false => unsafe { ModuleRoot::trusted(&root) },
    };
    let kernel = Kernel::boot(trusted)?;
    if cli.trace {
        kernel.observe(Trace::new(started));
    }
    let given = given_format(cli, kernel, &root)?;
    let mut output = Output::open(cli.output.as_deref(), &cli.files)?;
    if cli.modules {
        let modules = kernel.modules();
        let unreadable = modules.iter().find(|module| module.is_root());
        if let Some(error) = unreadable.and_then(ModuleInfo::error) {
            return Err(error.clone().into());
        }
        if modules.is_empty() {
            return Err(Failure::NoModules(root).into());
        }
        modules::list(&modules, &mut output).map_err(|error| output.failed(error))?;
        return Ok(true);
    }
    let missing = || missing(kernel, &root);
    print_files(cli, given, &missing, &mut output).map_err(Into::into)
}

/// Prints one file after the other. After an error in a file it goes on with the next one; after an error
/// of the output it stops.
fn print_files(
    cli: &Cli,
    given: Option<Entry>,
    missing: &dyn Fn() -> String,
    output: &mut Output,
) -> Result<bool, Failure> {
    let standard_input = [PathBuf::from("-")];
    let files = if cli.files.is_empty() {
        &standard_input[..]
    } else {
        &cli.files
    };
    let mut all_good = true;
    for file in files {
        match decode::print_file(file, given, cli.progress, output) {
            Ok(()) => {}
            Err(error @ Failure::Output { .. }) => return Err(error),
            Err(error) => {
                let more = match &error {
                    Failure::UnknownFormat(_) => missing(),
                    _ => String::new(),
                };
                say(format_args!("{}: {error}{more}", input::name_of(file)));
                all_good = false;
            }
        }
    }
    Ok(all_good)
}

/// The entry of the format that `--format` gives. A key that no module has ends the program: the command
/// line is wrong.
fn given_format(cli: &Cli, kernel: &Kernel, root: &Path) -> Result<Option<Entry>, Failure> {
    match cli.format.as_deref().map(codecsw::get).transpose() {
        Ok(given) => Ok(given),
        Err(error @ SwitchError::Unknown { .. }) => {
            let message = format!("--format: {error}{}", missing(kernel, root));
            let wrong = Cli::command().error(ErrorKind::InvalidValue, message);
            wrong.exit()
        }
        Err(error) => Err(Failure::Modules(error)),
    }
}

/// What an error about a missing format has to add: that there are no modules; or the errors of images that
/// can't be used, and the modules that the file `system` leaves out, one of which may be the missing one.
fn missing(kernel: &Kernel, root: &Path) -> String {
    let modules = kernel.modules();
    if modules.is_empty() {
        return format!("; {}", Failure::NoModules(root.to_owned()));
    }
    let entries = codecsw::entries().unwrap_or_default();
    let more = modules.iter().filter_map(|module| {
        let is_codec = module.metadata().is_some_and(|one| !one.keys().is_empty());
        let is_entry = entries.iter().any(|entry| entry.module() == module.name());
        match module.error() {
            Some(error) => Some(format!("; {error}")),
            None if is_codec && !is_entry => {
                Some(format!("; `{}` is there, but `unused`", module.name()))
            }
            None => None,
        }
    });
    more.collect()
}

/// The folder `modules` beside the executable.
fn default_module_root() -> Result<PathBuf, Failure> {
    let executable = std::env::current_exe().map_err(Failure::Executable)?;
    Ok(executable
        .parent()
        .unwrap_or(Path::new("."))
        .join("modules"))
}
