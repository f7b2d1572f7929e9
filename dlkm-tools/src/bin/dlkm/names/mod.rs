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

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::failure::Failure;

/// Those of kmtune(1M), and the exit code of kconfig(1M) with `-D`.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the changes wait for the next boot; with -D of kconfig, some do
  2  an error; nothing is changed";

/// What all of them have.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Own {
    /// Module root [default: as `dlkm list` finds it]
    #[arg(long, value_name = "DIR")]
    root: Option<std::path::PathBuf>,

    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Whether to keep the former configuration: `-b`, `-B` and `-K` of the second generation.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BackupArgs {
    /// Whether to keep the former configuration as `backup`, now and from now on
    #[arg(short, value_name = "yes|no", value_parser = crate::common::backup)]
    behavior: Option<dlkm_config::Backup>,

    /// The same as -b yes
    #[arg(short = 'B', conflicts_with_all = ["behavior", "keep"])]
    backup: bool,

    /// The same as -b no
    #[arg(short = 'K', conflicts_with = "behavior")]
    keep: bool,
}

impl BackupArgs {
    fn chosen(&self) -> Option<dlkm_config::Backup> {
        match (self.backup, self.keep) {
            (true, _) => Some(dlkm_config::Backup::Yes),
            (_, true) => Some(dlkm_config::Backup::No),
            _ => self.behavior,
        }
    }
}

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
