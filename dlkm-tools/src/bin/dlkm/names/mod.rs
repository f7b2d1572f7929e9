//! The names of HP-UX's commands, by which this program can be called: through a link, as `kcmodule`.

mod fields;
mod given;
mod kclog;
mod kcmodule;
mod kconfig;
mod kctune;
mod kmadmin;
mod kminstall;
mod kmsystem;
mod kmtune;
mod kmupdate;
mod old_config;
mod own;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{Command, CommandFactory};

use crate::command_line::parse;
use crate::failure::Failure;

/// Runs the command of the name that this program is called by; `None` if that is its own.
pub(crate) fn run(
    mut arguments: impl Iterator<Item = OsString>,
) -> Option<Result<ExitCode, Failure>> {
    let program = arguments.next()?;
    let name = Path::new(&program).file_name()?.to_str()?;
    let words = std::iter::once(OsString::from(name)).chain(arguments);
    Some(match name {
        "kcmodule" => kcmodule::run(&parse(words)),
        "kctune" => kctune::run(&parse(words)),
        "kconfig" => kconfig::run(&parse(words)),
        "kclog" => kclog::run(&parse(words)),
        "kminstall" => kminstall::run(&parse(words)),
        "kmsystem" => kmsystem::run(&parse(words)),
        "kmtune" => kmtune::run(&parse(words)),
        "config" => old_config::run(&parse(words)),
        "kmupdate" => kmupdate::run(&parse(words)),
        "kmadmin" => kmadmin::run(&parse(words)),
        _ => return None,
    })
}

/// The names, each with its command line.
pub(crate) fn all() -> [Command; 10] {
    [
        kcmodule::Args::command(),
        kctune::Args::command(),
        kconfig::Args::command(),
        kclog::Args::command(),
        kminstall::Args::command(),
        kmsystem::Args::command(),
        kmtune::Args::command(),
        old_config::Args::command(),
        kmupdate::Args::command(),
        kmadmin::Args::command(),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn clap_accepts_the_definitions_of_the_command_lines() {
        super::all()
            .into_iter()
            .for_each(clap::Command::debug_assert);
    }
}
