//! The command line of `dcat`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Print the content of compressed files.
///
/// Each format is a module. The first bytes of a file show its format, or else its name does, as the
/// modules say; --modules lists them. For other files, --format must be given.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    /// Files to print, one after the other; `-` is standard input [default: -].
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Decode all files as this format, whatever they look like: a key that --modules lists.
    #[arg(long, value_name = "KEY")]
    pub(crate) format: Option<String>,

    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// When to show progress on standard error.
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) progress: When,

    /// Print on standard error which modules are loaded, when, and for which functions.
    #[arg(long)]
    pub(crate) trace: bool,

    /// List all modules, and the errors of those that can't be used.
    #[arg(long, conflicts_with_all = ["files", "format"])]
    pub(crate) modules: bool,

    /// Folder with the modules [default: `modules` beside the program].
    #[arg(long, value_name = "DIR")]
    pub(crate) module_root: Option<PathBuf>,
}

/// When to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// For long inputs, if standard error is a terminal and the content goes elsewhere.
    Auto,
    /// For all inputs, even if standard error is not a terminal.
    Always,
    /// No progress.
    Never,
}
