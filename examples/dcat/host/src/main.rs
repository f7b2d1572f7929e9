//! `dcat` prints the content of compressed files, whatever they are compressed with.
//!
//! It knows six formats and holds the code of none: each decoder is a module, loaded by the first call to
//! the function behind which it stands. Built with the feature `static`, the same program holds all six.

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

// A driver is not named anywhere: linking it is what makes its module known.
#[cfg(feature = "static")]
use {
    dcat_brotli as _, dcat_bzip2 as _, dcat_gzip as _, dcat_lz4 as _, dcat_xz as _, dcat_zstd as _,
};

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use dlkm_rt::{Kernel, ModuleRoot};

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

/// Does what the command line says. `Ok(false)` means that a file failed, and was reported.
fn run(cli: &Cli, started: Instant) -> Result<bool, Box<dyn Error>> {
    let root = match &cli.module_root {
        Some(root) => root.clone(),
        None => default_module_root()?,
    };
    // SAFETY: the folder is part of this installation, or one that the user who runs the program names;
    // whoever may write there decides what the program does, as with the program's own file.
    let trusted = unsafe { ModuleRoot::trusted(&root) };
    let kernel = Kernel::boot(trusted)?;
    if cli.trace {
        kernel.observe(Trace::new(started));
    }
    let mut output = Output::open(cli.output.as_deref(), &cli.files)?;
    if cli.modules {
        let modules = kernel.modules();
        if modules.is_empty() {
            return Err(Failure::NoModules(root).into());
        }
        modules::list(&modules, &mut output).map_err(|error| output.failed(error))?;
        return Ok(true);
    }
    print_files(cli, &mut output).map_err(Into::into)
}

/// Prints one file after the other. A file that fails doesn't stop the rest, but a failing output does.
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
