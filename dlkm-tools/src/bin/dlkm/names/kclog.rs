//! `kclog`: the log of changes, as on HP-UX 11i.

use std::process::ExitCode;

use dlkm_config::{By, LogFilter, Subject};

use super::own::Own;
use crate::change;
use crate::failure::Failure;
use crate::log;
use crate::place::Place;

/// Show the log of changes, or add a comment to it.
#[derive(Debug, clap::Parser)]
#[command(name = "kclog", version, disable_help_flag = true)]
#[command(after_help = "\
Exit codes:
  0  the entries are printed, or the comment is added
  2  the module root can't be read or changed, or the command line is wrong")]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    /// All entries that fit
    #[arg(short, conflicts_with = "count")]
    all: bool,

    /// Only changes of this saved configuration
    #[arg(short, value_name = "CONFIG")]
    config: Option<String>,

    /// Only entries that contain this text
    #[arg(short, value_name = "STRING")]
    find: Option<String>,

    /// Only changes of this kind: `module` or `tunable`
    #[arg(short = 't', value_name = "TYPE", value_parser = log::subject)]
    subject: Option<Subject>,

    /// Only changes of this module or tunable
    #[arg(short, value_name = "NAME")]
    name: Option<String>,

    /// Add an entry that has only this comment
    #[arg(short = 'C', value_name = "COMMENT")]
    #[arg(conflicts_with_all = ["all", "config", "find", "subject", "name", "count"])]
    comment: Option<String>,

    /// How many entries, the latest
    #[arg(default_value_t = 1)]
    count: usize,
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let place = Place::find(options.own.root.as_deref())?;
    if let Some(comment) = &options.comment {
        change::lock(&place)?.comment(&By::now(comment))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut filter = LogFilter::default();
    filter.configuration.clone_from(&options.config);
    filter.contains.clone_from(&options.find);
    filter.subject = options.subject;
    filter.name.clone_from(&options.name);
    filter.last = Some(options.count).filter(|_| !options.all);
    log::print(&place, &filter, false)
}
