//! The names of HP-UX's commands, by which this program can be called: through a link, as `kcmodule`.

mod fields;
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

use clap::Parser;

use crate::failure::Failure;

/// Runs the command of the name that this program is called by; `None` if that is its own.
pub(crate) fn run(
    mut arguments: impl Iterator<Item = OsString>,
) -> Option<Result<ExitCode, Failure>> {
    let program = arguments.next()?;
    let name = Path::new(&program).file_name()?.to_str()?;
    let words = std::iter::once(OsString::from(name)).chain(arguments);
    Some(match name {
        "kcmodule" => kcmodule::run(&kcmodule::Args::parse_from(words)),
        "kctune" => kctune::run(&kctune::Args::parse_from(words)),
        "kconfig" => kconfig::run(&kconfig::Args::parse_from(words)),
        "kclog" => kclog::run(&kclog::Args::parse_from(words)),
        "kminstall" => kminstall::run(&kminstall::Args::parse_from(words)),
        "kmsystem" => kmsystem::run(&kmsystem::Args::parse_from(words)),
        "kmtune" => kmtune::run(&kmtune::Args::parse_from(words)),
        "config" => old_config::run(&old_config::Args::parse_from(words)),
        "kmupdate" => kmupdate::run(&kmupdate::Args::parse_from(words)),
        "kmadmin" => kmadmin::run(&kmadmin::Args::parse_from(words)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn clap_accepts_the_definitions_of_the_command_lines() {
        super::kcmodule::Args::command().debug_assert();
        super::kctune::Args::command().debug_assert();
        super::kconfig::Args::command().debug_assert();
        super::kclog::Args::command().debug_assert();
        super::kminstall::Args::command().debug_assert();
        super::kmsystem::Args::command().debug_assert();
        super::kmtune::Args::command().debug_assert();
        super::old_config::Args::command().debug_assert();
        super::kmupdate::Args::command().debug_assert();
        super::kmadmin::Args::command().debug_assert();
    }
}
