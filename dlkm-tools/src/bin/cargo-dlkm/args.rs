//! The command line of `cargo dlkm`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use dlkm_tools::{Build, terminal};

const BUILD_EPILOGUE: &str = "\
Exit codes:
  0    all modules are installed
  1    something failed, or the workspace has no module
  2    the command line is wrong
  101  a module does not compile (cargo's exit code)

Examples:
  cargo dlkm build                             every module, into target/debug/modules
  cargo dlkm build --release -p dcat-gzip      one module, into target/release/modules
  cargo dlkm build --root /usr/lib/dcat        into another folder
  cargo dlkm build --static dcat-gzip          one module into the host, the others as images
  cargo dlkm build --kernel                    the kernel of hosts that have none in themselves, too
  cargo dlkm build --stubs -p shm-api          the stub module of an interface, for C programs";

const NEW_EPILOGUE: &str = "\
Examples:
  cargo dlkm new word-count                    on the published version of dlkm
  cargo dlkm new word-count --path ~/src/dlkm  on a checkout";

const RUN_EPILOGUE: &str = "\
Examples:
  cargo dlkm run                               the workspace's only executable
  cargo dlkm run -p dcat -- --trace notes.gz   the executable of a package, with arguments
  cargo dlkm run --module dcat-gzip -p dcat    builds one module; the others stay as they are";

/// Create, build and run loadable modules and their hosts.
///
/// A module is a library crate that depends on `dlkm-rt` and has `#[module]` on an `impl`. A host
/// that has the crate as a dependency contains the module. This command builds the module as a file
/// instead, and the host loads the file when it first calls one of the module's functions.
#[derive(Debug, Parser)]
#[command(name = "cargo dlkm", bin_name = "cargo dlkm", version, styles = terminal::HELP)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(visible_alias = "b")]
    Build(BuildArgs),
    New(NewArgs),
    #[command(visible_alias = "r")]
    Run(RunArgs),
}

/// Build modules and install them where the host looks for them.
///
/// Builds every module crate of the workspace and copies the images into the module root. By
/// default this is the folder `modules` beside the host's executable: `target/debug/modules`.
///
/// With --static, and for a module that the file `system` of the module root wants to be static, builds
/// the hosts that can link the module, and no image of it. A host can do so by a feature that enables
/// the module's package as an optional dependency. A module without a line in that file gets one.
///
/// A running host keeps the modules that it has loaded. An image that did not change is not touched.
/// The image of a module that is no longer in the workspace stays; remove it by hand.
#[derive(Debug, clap::Args)]
#[command(after_help = BUILD_EPILOGUE)]
pub(crate) struct BuildArgs {
    /// Package to build as a module; can be repeated [default: all module crates]
    #[arg(short, long = "package", value_name = "NAME")]
    pub(crate) packages: Vec<String>,

    /// Build the autoload stub modules of the interfaces in these packages instead: libraries that C
    /// programs are linked to, and that load the modules when their functions are called
    #[arg(long, requires = "packages", conflicts_with_all = ["linked", "kernel"])]
    pub(crate) stubs: bool,

    /// Features to enable: `feature` in every module that has it, `package/feature` in one
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Create a workspace with an interface, a driver and a host.
///
/// The workspace builds and passes its tests at once: `NAME-api` is the interface, `NAME` the driver,
/// and `NAME-host` a program that loads the driver on its first call.
#[derive(Debug, clap::Args)]
#[command(after_help = NEW_EPILOGUE)]
pub(crate) struct NewArgs {
    /// Folder to create; its last part is the name of the module
    #[arg(value_name = "NAME")]
    pub(crate) path: PathBuf,

    /// Checkout of dlkm to depend on [default: the published version]
    #[arg(long = "path", value_name = "DIR")]
    pub(crate) checkout: Option<PathBuf>,

    /// Print errors only
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Build modules, then run a host with them.
///
/// Does the same as `cargo dlkm build` followed by `cargo run`, with one profile and target folder
/// for both. Cargo selects the host as usual: by --package, --bin or --example, by `default-run`, or
/// because the workspace has only one executable. The exit code is that of the host.
///
/// The modules go into the folder `modules` beside the executable. With --root they go into another
/// folder, and the host must use that folder as its module root.
#[derive(Debug, clap::Args)]
#[command(after_help = RUN_EPILOGUE)]
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

    /// Package to build as a module; can be repeated [default: all module crates]
    #[arg(long = "module", value_name = "NAME")]
    pub(crate) modules: Vec<String>,

    /// Features of the modules: `feature` in every module that has it, `package/feature` in one
    #[arg(long, value_name = "FEATURES")]
    pub(crate) module_features: Vec<String>,

    #[command(flatten)]
    pub(crate) common: Common,

    /// Arguments for the host
    #[arg(trailing_var_arg = true, value_name = "ARGS")]
    pub(crate) arguments: Vec<OsString>,
}

/// The options of both subcommands.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Build with optimizations: the same as `--profile release`
    #[arg(short, long, conflicts_with = "profile")]
    release: bool,

    /// Cargo profile to build with [default: dev]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Target triple to build for [default: this machine's]
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Package of a module to link into the host instead; can be repeated
    #[arg(long = "static", value_name = "NAME")]
    pub(crate) linked: Vec<String>,

    /// Build `libdlkm_kernel.so` too, beside the module root, for hosts that boot it by `boot_shared!`
    #[arg(long)]
    kernel: bool,

    /// Module root to install into [default: `modules` beside the host's executable]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,

    /// Folder for everything that cargo builds
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,

    /// Cargo.toml of the workspace
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,

    /// Fail if Cargo.lock is missing or out of date
    #[arg(long)]
    locked: bool,

    /// Don't access the network
    #[arg(long)]
    offline: bool,

    /// Print errors only
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl Common {
    /// The build that the options describe.
    pub(crate) fn build(&self, packages: &[String], features: &[String]) -> Build {
        let mut build = Build::new(".");
        build = packages
            .iter()
            .fold(build, |build, name| build.package(name));
        build = features
            .iter()
            .fold(build, |build, name| build.features(name));
        if self.release {
            build = build.release();
        }
        if let Some(name) = &self.profile {
            build = build.profile(name);
        }
        if let Some(triple) = &self.target {
            build = build.target(triple);
        }
        build = self
            .linked
            .iter()
            .fold(build, |build, name| build.link(name));
        if let Some(path) = &self.root {
            build = build.root(path);
        }
        if let Some(path) = &self.target_dir {
            build = build.target_dir(path);
        }
        if let Some(path) = &self.manifest_path {
            build = build.manifest_path(path);
        }
        if self.kernel {
            build = build.kernel();
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
    fn clap_accepts_the_definition_of_the_command_line() {
        super::Args::command().debug_assert();
    }
}
