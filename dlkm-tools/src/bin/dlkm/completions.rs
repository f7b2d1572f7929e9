//! `dlkm completions` and `dlkm man`: what shells and `man` need of the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;

use crate::failure::Failure;
use crate::report;

/// Print the completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dlkm completions bash > ~/.local/share/bash-completion/completions/dlkm
  dlkm completions fish > ~/.config/fish/completions/dlkm.fish")]
pub(crate) struct CompletionsArgs {
    /// Shell
    shell: Shell,
}

/// Write the manual pages.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Folder
    folder: PathBuf,
}

pub(crate) fn completions(options: &CompletionsArgs, mut command: Command) -> ExitCode {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut command, "dlkm", &mut text);
    report::print(&String::from_utf8_lossy(&text), 0)
}

pub(crate) fn man(options: &ManArgs, command: Command) -> Result<ExitCode, Failure> {
    let folder = &options.folder;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .map_err(|error| {
            Failure::new(format_args!(
                "{} can't be written: {error}",
                folder.display()
            ))
        })?;
    Ok(ExitCode::SUCCESS)
}
