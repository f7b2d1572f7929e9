//! `dlkm completions` and `dlkm man`: what shells and `man` need of the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;

use crate::failure::Failure;
use crate::message::Message;
use crate::names;
use crate::report;

/// Print the completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dlkm completions bash > ~/.local/share/bash-completion/completions/dlkm
  dlkm completions fish > ~/.config/fish/completions/dlkm.fish
  dlkm completions bash kcmodule > ~/.local/share/bash-completion/completions/kcmodule")]
pub(crate) struct CompletionsArgs {
    /// Shell
    shell: Shell,

    /// Command [default: dlkm]; a name of HP-UX, as kcmodule
    #[arg(value_parser = known)]
    name: Option<String>,
}

/// Write the manual pages.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Folder
    folder: PathBuf,
}

/// A name of HP-UX.
fn known(name: &str) -> Result<String, String> {
    let names: Vec<_> = names::all().map(|one| one.get_name().to_owned()).into();
    match name == "dlkm" || names.iter().any(|one| one == name) {
        true => Ok(name.to_owned()),
        false => Err(format!("the names are dlkm, {}", names.join(", "))),
    }
}

pub(crate) fn completions(options: &CompletionsArgs, own: Command) -> ExitCode {
    let mut text = Vec::new();
    let named = options.name.as_deref();
    let of_name = names::all()
        .into_iter()
        .find(|one| Some(one.get_name()) == named);
    let mut command = of_name.unwrap_or(own);
    let name = command.get_name().to_owned();
    clap_complete::generate(options.shell, &mut command, name, &mut text);
    report::print(&String::from_utf8_lossy(&text), 0)
}

pub(crate) fn man(options: &ManArgs, command: Command) -> Result<ExitCode, Failure> {
    let folder = &options.folder;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .and_then(|()| {
            let mut all = names::all().into_iter();
            all.try_for_each(|one| clap_mangen::generate_to(one, folder))
        })
        .map_err(|error| {
            Failure::of(
                Message::File,
                format_args!("{} can't be written: {error}", folder.display()),
            )
        })?;
    Ok(ExitCode::SUCCESS)
}
