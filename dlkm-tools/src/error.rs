//! What can go wrong between a module's source and its place in the module root.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why modules could not be built or installed: one variant for each step that can fail.
///
/// The text says which package or file is meant and what to do next. What lies below it (cargo's or
/// the system's own words) is in [`source`](StdError::source), not repeated in the text.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// `cargo metadata` failed: there is no workspace here, or a manifest has an error.
    Workspace {
        /// The folder or manifest that was asked for.
        dir: PathBuf,
        /// Cargo's own message.
        source: cargo_metadata::Error,
    },
    /// No package of the workspace declares a module.
    NoModules {
        /// The root folder of the workspace.
        workspace: PathBuf,
    },
    /// A package that was asked for by name is not in the workspace.
    NoSuchPackage {
        /// The name that was asked for.
        package: String,
        /// The packages that are there.
        members: Vec<String>,
    },
    /// A package that is to be built as a module has no library target.
    NoLibrary {
        /// The package.
        package: String,
        /// Its manifest.
        manifest: PathBuf,
    },
    /// `package.metadata.dlkm.module` in a manifest is neither `true` nor `false`.
    Override {
        /// The manifest.
        manifest: PathBuf,
        /// What stands there instead.
        value: String,
    },
    /// None of the packages to build declares this feature.
    NoSuchFeature {
        /// The feature that was asked for.
        feature: String,
        /// The packages that were to be built.
        packages: Vec<String>,
    },
    /// Cargo could not be started.
    StartCargo {
        /// The program that was tried.
        program: PathBuf,
        /// Why it did not start.
        source: io::Error,
    },
    /// Cargo could not build a package. Its diagnostics went to stderr, or are in `output` when
    /// quiet.
    Cargo {
        /// The package.
        package: String,
        /// How cargo ended.
        status: ExitStatus,
        /// What cargo and rustc said, when it was captured.
        output: Option<String>,
    },
    /// What cargo reported about a build could not be understood.
    CargoMessages {
        /// The package.
        package: String,
        /// What is wrong with the messages.
        source: io::Error,
    },
    /// Cargo built the package but made no shared object of it.
    NoImage {
        /// The package.
        package: String,
    },
    /// The metadata of a built image could not be read.
    Image {
        /// The package.
        package: String,
        /// The image.
        file: PathBuf,
        /// What is wrong with it.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A package was named as a module, but its image declares none.
    NotAModule {
        /// The package.
        package: String,
        /// Its manifest.
        manifest: PathBuf,
    },
    /// A module has a name that cannot be a file name.
    ModuleName {
        /// The package that declares it.
        package: String,
        /// The name.
        module: String,
    },
    /// Two packages declare a module of the same name. Nothing was installed.
    SameModule {
        /// The name that both declare.
        module: String,
        /// Package and manifest of each.
        packages: [(String, PathBuf); 2],
    },
    /// An image could not be put into the module root. The file that was there before is untouched.
    Install {
        /// The package.
        package: String,
        /// The place it should have gone to.
        file: PathBuf,
        /// The step that failed, such as "create the module root".
        step: &'static str,
        /// The system's own message.
        source: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace { dir, .. } => write!(
                f,
                "could not read the workspace of {}; go to a folder of a Cargo workspace, or \
                 name its Cargo.toml",
                dir.display()
            ),
            Self::NoModules { workspace } => {
                write!(
                    f,
                    "no package of the workspace {} {NO_MODULES}",
                    workspace.display()
                )
            }
            Self::NoSuchPackage { package, members } => write!(
                f,
                "the workspace has no package `{package}`; its packages are {}",
                list(members)
            ),
            Self::NoLibrary { package, manifest } => write!(
                f,
                "package `{package}` has no library target ({}); a module is a library crate: \
                 give it a src/lib.rs",
                manifest.display()
            ),
            Self::Override { manifest, value } => write!(
                f,
                "`package.metadata.dlkm.module` must be true or false, but is {value} in {}",
                manifest.display()
            ),
            Self::NoSuchFeature { feature, packages } => write!(
                f,
                "no package to build has the feature `{feature}`; looked in {}",
                list(packages)
            ),
            Self::StartCargo { program, .. } => write!(
                f,
                "could not start {}; install cargo, or set CARGO to where it is",
                program.display()
            ),
            Self::Cargo {
                package,
                status,
                output,
            } => {
                write!(
                    f,
                    "could not build the module package `{package}` (cargo: {status})"
                )?;
                output
                    .iter()
                    .try_for_each(|output| write!(f, "\n\n{}", output.trim_end()))
            }
            Self::CargoMessages { package, .. } => write!(
                f,
                "could not understand cargo's messages about `{package}`; use the cargo of this \
                 toolchain"
            ),
            Self::NoImage { package } => write!(
                f,
                "cargo made no shared object of `{package}`; build for a target that has them (a \
                 static musl target, for one, needs `-C target-feature=-crt-static`)"
            ),
            Self::Image { package, file, .. } => write!(
                f,
                "could not read the metadata of `{package}` from {}; build host, modules and \
                 cargo-dlkm from the same version of dlkm",
                file.display()
            ),
            Self::NotAModule { package, manifest } => write!(
                f,
                "package `{package}` is to be built as a module, but declares none ({}); put \
                 `#[module]` on an `impl` in its library",
                manifest.display()
            ),
            Self::ModuleName { package, module } => write!(
                f,
                "package `{package}` names its module {module:?}, which cannot be a file name; use \
                 letters, digits, `-` and `_`"
            ),
            Self::SameModule {
                module,
                packages: [one, two],
            } => write!(
                f,
                "two packages declare the module `{module}`: `{}` ({}) and `{}` ({}); nothing was \
                 installed: give one of them another name, or build one of them with `--package`",
                one.0,
                one.1.display(),
                two.0,
                two.1.display()
            ),
            Self::Install {
                package,
                file,
                step,
                ..
            } => {
                write!(
                    f,
                    "could not {step} to install `{package}` as {}",
                    file.display()
                )
            }
        }
    }
}

/// How to make a module, for those who have none.
const NO_MODULES: &str = "declares a module

A module is a library crate that depends on `dlkm-rt` and has `#[module]` on an `impl`:

    #[dlkm_rt::module(kind = \"misc\", desc = \"what it does\")]
    impl some_interface::Interface for Driver { /* ... */ }

If a macro of yours writes the attribute, say so in the crate's Cargo.toml:

    [package.metadata.dlkm]
    module = true";

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Workspace { source, .. } => Some(source),
            Self::StartCargo { source, .. }
            | Self::CargoMessages { source, .. }
            | Self::Install { source, .. } => Some(source),
            Self::Image { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
