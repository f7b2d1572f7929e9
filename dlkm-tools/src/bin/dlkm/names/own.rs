//! The options that several of HP-UX's commands have.

use std::path::PathBuf;

use dlkm_config::Backup;

use crate::common::backup;

/// Those of kmtune(1M).
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the changes wait for the next boot
  2  an error; nothing is changed";

/// What all of them have.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Own {
    /// Module root [default: as `dlkm list` finds it]
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,

    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Whether to keep the former configuration: `-b`, `-B` and `-K` of the second generation.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct BackupArgs {
    /// Whether to keep the former configuration as `backup`, now and from now on
    #[arg(short, value_name = "yes|no", value_parser = backup)]
    behavior: Option<Backup>,

    /// The same as -b yes
    #[arg(short = 'B', conflicts_with_all = ["behavior", "keep"])]
    backup: bool,

    /// The same as -b no
    #[arg(short = 'K', conflicts_with = "behavior")]
    keep: bool,
}

impl BackupArgs {
    pub(super) fn chosen(&self) -> Option<Backup> {
        match (self.backup, self.keep) {
            (true, _) => Some(Backup::Yes),
            (_, true) => Some(Backup::No),
            _ => self.behavior,
        }
    }
}
