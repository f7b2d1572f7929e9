//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::format::Format;

/// Print the content of compressed files.
///
/// The format is found in a file's first bytes: gzip, zstd, xz (and lzma), bzip2, lz4. Brotli data begins
/// with no mark: its files are known by a name that ends in .br, or by --format.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    /// Files to print, one after the other; `-` or none at all is standard input.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Take all files to be in this format, whatever they look like.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    /// Write here and not to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Show progress on standard error; `auto`: for long inputs, if it is a terminal.
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) progress: When,

    /// Tell on standard error which module was loaded, when, and for which function.
    #[arg(long)]
    pub(crate) trace: bool,

    /// List all modules, and what is wrong with those that can't be used.
    #[arg(long, conflicts_with_all = ["files", "format"])]
    pub(crate) modules: bool,

    /// Where the modules are [default: the folder `modules` beside the program].
    #[arg(long, value_name = "DIR")]
    pub(crate) module_root: Option<PathBuf>,
}

/// When to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// For long inputs, if standard error is a terminal that the content doesn't go to.
    Auto,
    /// For all inputs, even if standard error is no terminal.
    Always,
    /// Not at all.
    Never,
}
