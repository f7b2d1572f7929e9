//! What the command prints about modules and errors, and the exit code that follows.

use std::path::Path;
use std::process::{ExitCode, ExitStatus};

use dlkm_tools::terminal::{self, GOOD};
use dlkm_tools::{Error, Installed};

/// One line for each module, in cargo's form.
pub(crate) fn installed(modules: &[Installed]) {
    for module in modules {
        let verb = match module.changed {
            true => "Installed",
            false => "Unchanged",
        };
        let file = shortened(&module.file);
        anstream::eprintln!(
            "{GOOD}{verb:>12}{GOOD:#} {} {} ({})",
            module.module,
            module.version,
            file.display()
        );
    }
}

/// The path relative to the current folder, if the file is below it.
fn shortened(file: &Path) -> &Path {
    let here = std::env::current_dir().ok();
    here.and_then(|here| file.strip_prefix(here).ok())
        .or_else(|| file.strip_prefix(".").ok())
        .unwrap_or(file)
}

/// Prints the error. The exit code is cargo's own if cargo failed, else 1.
pub(crate) fn failure(error: &Error) -> ExitCode {
    terminal::error_with_causes(error);
    match error {
        Error::Cargo { status, .. } => cargo_failed(*status),
        _ => ExitCode::FAILURE,
    }
}

/// The exit code after cargo failed and has said why: cargo's own.
pub(crate) fn cargo_failed(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}
