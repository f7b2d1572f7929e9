//! The options that most subcommands have.

use std::path::PathBuf;

/// The module root, and the form of the output.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Common {
    /// Module root [default: $DLKM_ROOT, or that of the only running kernel, or `modules` here]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The options of subcommands that change a module root.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Changing {
    /// Hold all changes until the next boot
    #[arg(short = 'h', long)]
    pub(crate) hold: bool,

    /// Comment for the log
    #[arg(
        short = 'C',
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) comment: String,

    /// Whether to keep the former configuration as `backup`, now and from now on
    #[arg(short, long, value_name = "yes|no", value_parser = backup)]
    pub(crate) backup: Option<dlkm_config::Backup>,

    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

pub(crate) fn backup(word: &str) -> Result<dlkm_config::Backup, &'static str> {
    dlkm_config::Backup::of(word).ok_or("say `yes` or `no`")
}
