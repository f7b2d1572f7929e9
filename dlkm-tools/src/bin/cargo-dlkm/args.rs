//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Parser, Subcommand};
use dlkm_tools::Build;

/// Cargo's own colours.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightGreen.on_default().bold())
    .usage(AnsiColor::BrightGreen.on_default().bold())
    .literal(AnsiColor::BrightCyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::BrightRed.on_default().bold())
    .valid(AnsiColor::BrightCyan.on_default().bold())
    .invalid(AnsiColor::Yellow.on_default().bold());

const BUILD_EXAMPLES: &str = "\
Examples:
  cargo dlkm build                          every module, into target/debug/modules
  cargo dlkm build --release -p gzip        one module, into target/release/modules
  cargo dlkm build --root /usr/lib/dcat     into a folder of your choice";

const RUN_EXAMPLES: &str = "\
Examples:
  cargo dlkm run                            the workspace's only executable
  cargo dlkm run -p dcat -- -n notes.gz     the one of package dcat, with arguments
  cargo dlkm run --module gzip -p dcat      with this module only; others stay as they were";

/// Builds the loadable modules of a workspace, and runs hosts with them.
///
/// A module is a library crate that depends on `dlkm-rt` and has `#[module]` on an `impl`. As a
/// dependency of the host it is part of the host; built by this command it is a file that the host
/// loads when one of its functions is called for the first time.
#[derive(Debug, Parser)]
#[command(name = "cargo dlkm", bin_name = "cargo dlkm", version, styles = STYLES)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(visible_alias = "b")]
    Build(BuildArgs),
    #[command(visible_alias = "r")]
    Run(RunArgs),
}

/// Build modules and install them where a host finds them.
///
/// Builds every module crate of the workspace and puts the images into the module root, by default
/// the folder `modules` beside the host executables: `target/debug/modules/gzip.so`.
///
/// A host that runs meanwhile keeps the modules that it has loaded. Images that did not change are
/// left alone. Images of modules that the workspace no longer has stay: remove them by hand.
///
/// Ends with 0 when all went well, with cargo's exit code (101) when a module did not compile, with
/// 1 for any other failure, also when the workspace has no module, and with 2 when the command line
/// is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub(crate) struct BuildArgs {
    /// Package to build as a module, may be repeated; without it every module crate of the
    /// workspace
    #[arg(short, long = "package", value_name = "NAME")]
    pub(crate) packages: Vec<String>,

    /// Features of the modules: `feature` for each that has it, or `package/feature`
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Build modules, then run a host with them.
///
/// The same as `cargo dlkm build` and then `cargo run` with the same profile and target folder.
/// Cargo finds the host as ever: the workspace's only executable, `default-run`, or what --package,
/// --bin or --example name. Its input, output and exit status are the host's.
///
/// The modules go into the folder `modules` beside the executable. With --root they go elsewhere,
/// and the host has to look there by itself.
#[derive(Debug, clap::Args)]
#[command(after_help = RUN_EXAMPLES)]
pub(crate) struct RunArgs {
    /// Package of the host
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) package: Option<String>,

    /// Executable to run as the host
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    pub(crate) bin: Option<String>,

    /// Example to run as the host; the modules go beside the examples
    #[arg(long, value_name = "NAME")]
    pub(crate) example: Option<String>,

    /// Features of the host
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,

    /// Package to build as a module, may be repeated; without it every module crate of the
    /// workspace
    #[arg(long = "module", value_name = "NAME")]
    pub(crate) modules: Vec<String>,

    /// Features of the modules: `feature` for each that has it, or `package/feature`
    #[arg(long, value_name = "FEATURES")]
    pub(crate) module_features: Vec<String>,

    #[command(flatten)]
    pub(crate) common: Common,

    /// Arguments for the host
    #[arg(trailing_var_arg = true, value_name = "ARGS")]
    pub(crate) arguments: Vec<OsString>,
}

/// What both commands share.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Build with optimizations, as `--profile release`
    #[arg(short, long, conflicts_with = "profile")]
    pub(crate) release: bool,

    /// Cargo profile to build with
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Module root to install into; without it the folder `modules` beside the host executables
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,

    /// Folder for everything that cargo builds
    #[arg(long, value_name = "DIR")]
    pub(crate) target_dir: Option<PathBuf>,

    /// Cargo.toml of the workspace
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,

    /// Fail rather than change Cargo.lock
    #[arg(long)]
    pub(crate) locked: bool,

    /// Keep off the network
    #[arg(long)]
    pub(crate) offline: bool,

    /// Print errors only
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl BuildArgs {
    pub(crate) fn build(&self) -> Build {
        self.common.build(&self.packages, &self.features)
    }
}

impl Common {
    /// The profile's name, if one was asked for.
    pub(crate) fn profile(&self) -> Option<&str> {
        if self.release {
            Some("release")
        } else {
            self.profile.as_deref()
        }
    }

    pub(crate) fn build(&self, packages: &[String], features: &[String]) -> Build {
        let mut build = Build::new(".");
        build = packages
            .iter()
            .fold(build, |build, name| build.package(name));
        build = features
            .iter()
            .fold(build, |build, name| build.features(name));
        if let Some(name) = self.profile() {
            build = build.profile(name);
        }
        if let Some(path) = &self.root {
            build = build.root(path);
        }
        if let Some(path) = &self.target_dir {
            build = build.target_dir(path);
        }
        if let Some(path) = &self.manifest_path {
            build = build.manifest_path(path);
        }
        if self.locked {
            build = build.locked();
        }
        if self.offline {
            build = build.offline();
        }
        if self.quiet {
            build = build.quiet();
        }
        build
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Args::command().debug_assert();
    }
}
