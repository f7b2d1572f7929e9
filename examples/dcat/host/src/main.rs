//! `dcat` prints the content of compressed files.
//!
//! It supports six formats and contains the decoder of none: each decoder is a module, which the first
//! call of its function loads. Built with the feature `static`, the same program contains all six.

mod cli;
mod decode;
mod failure;
mod format;
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

use clap::Parser;
use dlkm_rt::{Kernel, ModuleInfo, ModuleRoot};

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
    // A program with all drivers in it needs no folder.
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
    print_files(cli, &mut output).map_err(Into::into)
}

/// Prints one file after the other. After an error in a file it goes on with the next one; after an error
/// of the output it stops.
fn print_files(cli: &Cli, output: &mut Output) -> Result<bool, Failure> {
    let standard_input = [PathBuf::from("-")];
    let files = if cli.files.is_empty() {
        &standard_input[..]
    } else {
        &cli.files
    };
    let mut all_good = true;
    for file in files {
        match decode::print_file(file, cli, output) {
            Ok(()) => {}
            Err(error @ Failure::Output { .. }) => return Err(error),
            Err(error) => {
                say(format_args!("{}: {error}", input::name_of(file)));
                all_good = false;
            }
        }
    }
    Ok(all_good)
}

/// The folder `modules` beside the executable.
fn default_module_root() -> Result<PathBuf, Failure> {
    let executable = std::env::current_exe().map_err(Failure::Executable)?;
    Ok(executable
        .parent()
        .unwrap_or(Path::new("."))
        .join("modules"))
}
