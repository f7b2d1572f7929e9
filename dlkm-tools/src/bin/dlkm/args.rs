//! The command line.

use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Parser, Subcommand};

/// Cargo's own colours, as `cargo dlkm` has them.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightGreen.on_default().bold())
    .usage(AnsiColor::BrightGreen.on_default().bold())
    .literal(AnsiColor::BrightCyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::BrightRed.on_default().bold())
    .valid(AnsiColor::BrightCyan.on_default().bold())
    .invalid(AnsiColor::Yellow.on_default().bold());

const DIFF_EXAMPLES: &str = "\
Examples:
  dlkm diff /usr/lib/dcat/gzip.so target/release/modules/gzip.so
  dlkm diff gzip-1.0.so gzip-1.1.so > /dev/null && echo compatible";

const HEADER_EXAMPLES: &str = "\
Examples:
  dlkm header --package calc-api > calc.h
  dlkm header target/debug/modules/calc.so --interface calc > calc.h
  cc -shared -fPIC -O2 -o calc.so calc.c";

/// Looks into loadable modules. Reads their files; none of their code runs.
#[derive(Debug, Parser)]
#[command(name = "dlkm", version, styles = STYLES)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Diff(DiffArgs),
    Header(HeaderArgs),
    Info(InfoArgs),
}

/// Show what differs between two images of a module, and whether it breaks callers.
///
/// For each interface: the functions that are added, removed or changed, and what makes them
/// differ, down to the field of a type, in the words in which a host refuses the module.
///
/// Ends with 0 if callers that were built with the old image's interfaces work with the new
/// image: functions and interfaces may be added. Ends with 1 if a function was changed or removed,
/// an interface was removed, or its ABI changed, and with 2 if a file can't be read or the command
/// line is wrong. What built the images is told, but does not count: the host compares that with
/// its own build.
#[derive(Debug, clap::Args)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct DiffArgs {
    /// Image whose interfaces the callers were built with
    pub(crate) old: PathBuf,

    /// Image that is to take its place
    pub(crate) new: PathBuf,
}

/// Write a C header of interfaces of ABI C, for a module in C.
///
/// It has the types and functions of the interfaces, and the macro `DLKM_MODULE`, with which a C
/// source becomes a module that provides all of them: choose with `--interface`. Take it from any
/// module behind the interfaces, or with `--package` from the crate that declares them.
///
/// Ends with 0; with 1 if an interface can't be had in C, as when it is not of ABI C; and with 2 if
/// the file can't be read, the package can't be built, or the command line is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = HEADER_EXAMPLES)]
pub(crate) struct HeaderArgs {
    /// Image of a module
    #[arg(required_unless_present = "package")]
    pub(crate) image: Option<PathBuf>,

    /// Build this workspace package, which declares interfaces, and take those
    #[arg(long, short, value_name = "NAME", conflicts_with = "image")]
    pub(crate) package: Option<String>,

    /// Take this interface alone; may be given several times
    #[arg(long, short, value_name = "NAME")]
    pub(crate) interface: Vec<String>,
}

/// Show what an image says about itself: the module, its interfaces and what built it.
///
/// Ends with 0, or with 2 if the file can't be read or the command line is wrong.
#[derive(Debug, clap::Args)]
pub(crate) struct InfoArgs {
    /// Image of a module
    pub(crate) image: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Args::command().debug_assert();
    }
}
