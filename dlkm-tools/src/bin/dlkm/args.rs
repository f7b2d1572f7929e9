//! The command line of `dlkm`.

use std::path::PathBuf;

use clap::{ArgGroup, Parser, Subcommand};
use dlkm_tools::terminal;

use crate::check::CheckArgs;
use crate::common::Common;
use crate::completions::{CompletionsArgs, ManArgs};
use crate::config::ConfigArgs;
use crate::install::InstallArgs;
use crate::kernels::{LoadArgs, UnloadArgs, UpgradeArgs};
use crate::list::ListArgs;
use crate::log::LogArgs;
use crate::module::ModuleArgs;
use crate::remove::RemoveArgs;
use crate::sign::SignArgs;
use crate::status::StatusArgs;
use crate::stub::StubArgs;
use crate::top::TopArgs;
use crate::tree::TreeArgs;
use crate::tune::TuneArgs;
use crate::why::WhyArgs;

const EPILOGUE: &str = "\
Exit codes:
  0  done
  1  a change waits for the next boot, or there are differences or errors in what was examined
  2  an error, after which nothing is changed; or the command line is wrong

Variables:
  DLKM_ROOT         the module root
  NO_COLOR          no colour on a terminal
  KC_SHOW_MSGIDS=1  errors, warnings and notes have their numbers

Through a link with that name, this program is kcmodule, kctune, kconfig, kclog, kminstall,
kmsystem, kmtune, config, kmupdate or kmadmin of HP-UX.";

const DIFF_EPILOGUE: &str = "\
Exit codes:
  0  callers built with the old image's interfaces work with the new image
  1  a function was changed or removed, an interface was removed, or its ABI changed; or two module
     roots differ
  2  a file can't be read, or the command line is wrong

Examples:
  dlkm diff /usr/lib/dcat/gzip.so target/release/modules/gzip.so
  dlkm diff gzip-1.0.so gzip-1.1.so > /dev/null && echo compatible";

const HEADER_EPILOGUE: &str = "\
Exit codes:
  0  the header is written
  1  C can't express an interface, for example because its ABI is Rust
  2  the image can't be read, the package can't be built, there is no such interface, or the command
     line is wrong

Examples:
  dlkm header --package calc-api > calc.h
  dlkm header target/debug/modules/calc.so --interface calc > calc.h
  cc -shared -fPIC -O2 -o calc.so calc.c";

const INFO_EPILOGUE: &str = "\
Exit codes:
  0  the metadata, or the notes of a file that is no module, are printed
  2  the file can't be read, or the command line is wrong";

/// Inspect and administer loadable modules.
///
/// A module root is a folder with the images of modules, and with a file `system` that says which of them
/// the next boot uses. Changes apply to the running kernels of the root at once; if one of them must
/// wait for the next boot, all wait.
#[derive(Debug, Parser)]
#[command(after_help = EPILOGUE)]
#[command(name = "dlkm", version, styles = terminal::HELP)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(CheckArgs),
    Completions(CompletionsArgs),
    Config(ConfigArgs),
    Diff(DiffArgs),
    Header(HeaderArgs),
    Info(InfoArgs),
    Install(InstallArgs),
    List(ListArgs),
    Load(LoadArgs),
    Log(LogArgs),
    #[command(hide = true)]
    Man(ManArgs),
    #[command(hide = true)]
    Messages(MessagesArgs),
    Module(ModuleArgs),
    Remove(RemoveArgs),
    Sign(SignArgs),
    Status(StatusArgs),
    Stub(StubArgs),
    Top(TopArgs),
    Tree(TreeArgs),
    Tune(TuneArgs),
    Unload(UnloadArgs),
    Upgrade(UpgradeArgs),
    Why(WhyArgs),
}

/// Print the numbers of all messages, as a table in Markdown.
#[derive(Debug, clap::Args)]
pub(crate) struct MessagesArgs {}

/// Show how two images of a module differ, and whether the new one breaks callers.
///
/// For each interface, the report lists the functions that were added, removed or changed, and the
/// cause of each change, down to the field of a type. New functions and new interfaces don't break
/// callers.
///
/// The report also lists differences in what built the images. They don't break callers, because a
/// host compares each image's build with its own.
///
/// Of two module roots, it shows in what they differ: images, states, tunables, and what is trusted.
#[derive(Debug, clap::Args)]
#[command(after_help = DIFF_EPILOGUE)]
pub(crate) struct DiffArgs {
    /// Image whose interfaces the callers were built with, or a module root
    pub(crate) old: PathBuf,

    /// Image that is to replace it, or a second module root
    pub(crate) new: PathBuf,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write a C header for interfaces of ABI C, for a module written in C or C++.
///
/// The header declares the types and functions of the interfaces, and defines the macro
/// `DLKM_MODULE`, which makes a source file a module that provides these interfaces. They come
/// from the image of any module that provides them or, with --package, from the crate that declares
/// them. Without --interface, the header has all of them.
#[derive(Debug, clap::Args)]
#[command(after_help = HEADER_EPILOGUE)]
#[command(group = ArgGroup::new("source").required(true).args(["image", "package"]))]
pub(crate) struct HeaderArgs {
    /// Image of a module
    pub(crate) image: Option<PathBuf>,

    /// Package of this workspace that declares the interfaces; it is built first
    #[arg(long, short, value_name = "NAME")]
    pub(crate) package: Option<String>,

    /// Write the header for programs that are linked to the stub modules, instead of that for modules
    #[arg(long)]
    pub(crate) callers: bool,

    /// Interface to include; can be repeated [default: all interfaces]
    #[arg(long = "interface", short, value_name = "NAME")]
    pub(crate) interfaces: Vec<String>,
}

/// Show an image's metadata: the module, its interfaces, and what built it.
///
/// Also shows what the file may load while it runs, as its notes `.note.dlopen` say. For these, it may
/// be a host, or any other ELF file.
#[derive(Debug, clap::Args)]
#[command(after_help = INFO_EPILOGUE)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    pub(crate) common: Common,

    /// List the module and all that it needs, in the order in which they are loaded
    #[arg(long)]
    pub(crate) depends: bool,

    /// Image of a module, the name of one in the module root, or any ELF file that has notes
    #[arg(value_name = "FILE|NAME")]
    pub(crate) image: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn clap_accepts_the_definition_of_the_command_line() {
        super::Args::command().debug_assert();
    }
}
