//! Why a module could not be built or installed.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why modules could not be built or installed: one variant for each step that can fail.
///
/// The message names the package or file and says what to do next. It does not repeat the message of
/// cargo or of the system behind it, which is the [`source`](StdError::source).
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// `cargo metadata` failed: there is no workspace here, or a manifest has an error.
    Workspace {
        /// The folder or manifest.
        dir: PathBuf,
        /// Cargo's own message.
        source: cargo_metadata::Error,
    },
    /// No package of the workspace declares a module.
    NoModules {
        /// The root folder of the workspace.
        workspace: PathBuf,
    },
    /// The workspace has no package of this name.
    NoSuchPackage {
        /// The name.
        package: String,
        /// The packages of the workspace.
        members: Vec<String>,
    },
    /// A package to build as a module has no library target.
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
        /// The value instead.
        value: String,
    },
    /// None of the packages to build declares this feature.
    NoSuchFeature {
        /// The feature.
        feature: String,
        /// The packages to build.
        packages: Vec<String>,
    },
    /// Cargo could not be started.
    StartCargo {
        /// The program that should be cargo.
        program: PathBuf,
        /// Why it did not start.
        source: io::Error,
    },
    /// Cargo could not build a package. Its diagnostics went to stderr, or are in `output` if the
    /// build is quiet.
    Cargo {
        /// The package.
        package: String,
        /// Cargo's exit status.
        status: ExitStatus,
        /// The diagnostics of cargo and rustc, if the build is quiet.
        output: Option<String>,
    },
    /// Cargo's JSON messages about a build could not be read.
    CargoMessages {
        /// The package.
        package: String,
        /// What is wrong with the messages.
        source: io::Error,
    },
    /// Cargo built a package, but not as a shared object.
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
    /// A package was to be built as a module, but its image declares none.
    NotAModule {
        /// The package.
        package: String,
        /// Its manifest.
        manifest: PathBuf,
    },
    /// The stub modules of a package were to be built, and it declares no interface of ABI C.
    NoInterface {
        /// The package.
        package: String,
        /// Its manifest.
        manifest: PathBuf,
    },
    /// A module's name can't be a file name.
    ModuleName {
        /// The package that declares the module.
        package: String,
        /// The module's name.
        module: String,
    },
    /// Two packages declare a module of the same name. Nothing was installed.
    SameModule {
        /// The module's name.
        module: String,
        /// The two packages, each with its manifest.
        packages: [(String, PathBuf); 2],
    },
    /// A module is to be linked, and no package of the workspace has a program.
    NoHost {
        /// The module's package.
        module: String,
    },
    /// A host is to be run with a module linked in, and several can link it.
    WhichHost {
        /// Their packages.
        hosts: Vec<String>,
    },
    /// A module is to be linked, but the host has no feature that enables it as a dependency.
    NoLink {
        /// The host's package.
        host: String,
        /// The module's package.
        module: String,
        /// The host's manifest.
        manifest: PathBuf,
    },
    /// A module is to be linked, and several features of the host enable it. None has its name.
    WhichFeature {
        /// The host's package.
        host: String,
        /// The module's package.
        module: String,
        /// The features.
        features: Vec<String>,
    },
    /// The system file of the module root can't be understood, or the root can't be changed.
    Configuration(dlkm_config::Error),
    /// An image could not be copied into the module root. An earlier image in its place is unchanged.
    Install {
        /// The package.
        package: String,
        /// The path in the module root.
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
                "could not read the workspace at {}; change to a folder of a Cargo workspace, or \
                 give the path of its Cargo.toml",
                dir.display()
            ),
            Self::NoModules { workspace } => {
                write!(
                    f,
                    "no package of the workspace {} {NO_MODULES}",
                    workspace.display()
                )
            }
            Self::NoSuchPackage { package, members } => {
                write!(f, "the workspace has no package `{package}`; ")?;
                match similar(package, members) {
                    Some(member) => write!(f, "did you mean `{member}`?"),
                    None => write!(f, "its packages are {}", list(members)),
                }
            }
            Self::NoLibrary { package, manifest } => write!(
                f,
                "package `{package}` has no library target ({}), but a module is a library crate; \
                 add a src/lib.rs",
                manifest.display()
            ),
            Self::Override { manifest, value } => write!(
                f,
                "`package.metadata.dlkm.module` is {value} in {}; set it to `true` or `false`",
                manifest.display()
            ),
            Self::NoInterface { package, manifest } => write!(
                f,
                "package `{package}` ({}) declares no interface with `abi = \"C\"`, so C programs \
                 can't call it and it has no stub module; add the key to the trait's `#[module]`",
                manifest.display()
            ),
            Self::NoSuchFeature { feature, packages } => write!(
                f,
                "no package to build has the feature `{feature}`; check the features of {}",
                list(packages)
            ),
            Self::StartCargo { program, .. } => write!(
                f,
                "could not start {}; install cargo, or set the variable CARGO to its path",
                program.display()
            ),
            Self::Cargo {
                package,
                status,
                output,
            } => {
                write!(f, "could not build package `{package}` (cargo: {status}); ")?;
                match output {
                    Some(output) => write!(f, "fix what cargo reports:\n\n{}", output.trim_end()),
                    None => f.write_str("fix what cargo reported on stderr"),
                }
            }
            Self::CargoMessages { package, .. } => write!(
                f,
                "could not read cargo's messages about package `{package}`; use the cargo that \
                 belongs to rustc"
            ),
            Self::NoImage { package } => write!(
                f,
                "cargo built no shared object for package `{package}`; build for a target that \
                 supports them (a static musl target needs `-C target-feature=-crt-static`)"
            ),
            Self::Image { package, file, .. } => write!(
                f,
                "could not read the metadata of package `{package}` from {}; build the host, its \
                 modules and cargo-dlkm with the same version of dlkm",
                file.display()
            ),
            Self::NotAModule { package, manifest } => write!(
                f,
                "package `{package}` declares no module ({}); put `#[module]` on an `impl` in its \
                 library, or don't build it as a module",
                manifest.display()
            ),
            Self::ModuleName { package, module } => write!(
                f,
                "package `{package}` names its module {module:?}, which can't be a file name; use \
                 letters, digits, `-` and `_`"
            ),
            Self::SameModule {
                module,
                packages: [one, two],
            } => write!(
                f,
                "two packages declare the module `{module}`: `{}` ({}) and `{}` ({}); nothing was \
                 installed; rename one of the modules, or build only one of the packages",
                one.0,
                one.1.display(),
                two.0,
                two.1.display()
            ),
            Self::NoHost { module } => write!(
                f,
                "no package of the workspace has a program that could link `{module}`; build it as \
                 an image"
            ),
            Self::WhichHost { hosts } => write!(
                f,
                "several packages can link what is to be linked: {}; choose the host with `--package`",
                list(hosts)
            ),
            Self::NoLink {
                host,
                module,
                manifest,
            } => {
                let ident = module.replace('-', "_");
                write!(
                    f,
                    "package `{host}` can't link the module `{module}`: no feature of it enables that \
                     package as a dependency

Add to {}, with the path of `{module}`:

    [features]
    {module} = [\"dep:{module}\"]

    [dependencies]
    {module} = {{ path = \"...\", optional = true }}

and to its src/main.rs, since an unnamed dependency is not linked:

    #[cfg(feature = \"{module}\")]
    use ::{ident} as _;",
                    manifest.display()
                )
            }
            Self::WhichFeature {
                host,
                module,
                features,
            } => write!(
                f,
                "several features of package `{host}` link the module `{module}`: {}; name one of \
                 them `{module}`, or choose with `--features` and leave out `--static`",
                list(features)
            ),
            Self::Configuration(error) => error.fmt(f),
            Self::Install {
                package,
                file,
                step,
                ..
            } => {
                write!(
                    f,
                    "could not install package `{package}` as {}: failed to {step}; check the \
                     folder, or choose another module root",
                    file.display()
                )
            }
        }
    }
}

/// How to write a module; the rest of the message for a workspace that has none.
const NO_MODULES: &str = "declares a module

A module is a library crate that depends on `dlkm-rt` and has `#[module]` on an `impl`:

    #[dlkm_rt::module(kind = \"misc\", desc = \"what it does\")]
    impl some_interface::Interface for Driver { /* ... */ }

If a macro of yours writes the attribute, or if the crate has `dlkm-rt` only through another crate, add
this to the crate's Cargo.toml:

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
            Self::Configuration(error) => error.source(),
            _ => None,
        }
    }
}

/// A package whose name has `name` as a part, or is a part of it. The package of a module is often
/// named after the module: `dcat-gzip` for `gzip`.
fn similar<'a>(name: &str, packages: &'a [String]) -> Option<&'a String> {
    let mut packages = packages.iter();
    packages.find(|package| package.contains(name) || name.contains(&***package))
}

/// The first names, and the number of the others.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 10;
    if names.is_empty() {
        return "none".to_owned();
    }
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`"));
    let text = shown.collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => text,
        Some(others) => format!("{text} and {others} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_such_package(package: &str, members: &[&str]) -> String {
        let error = Error::NoSuchPackage {
            package: package.to_owned(),
            members: members.iter().map(|&member| member.to_owned()).collect(),
        };
        error.to_string()
    }

    #[test]
    fn a_wrong_package_name_is_answered_with_a_similar_one() {
        assert_eq!(
            no_such_package("gzip", &["dcat", "dcat-gzip"]),
            "the workspace has no package `gzip`; did you mean `dcat-gzip`?"
        );
        assert_eq!(
            no_such_package("shm-driver", &["dcat", "shm"]),
            "the workspace has no package `shm-driver`; did you mean `shm`?"
        );
    }

    #[test]
    fn without_a_similar_name_the_first_ten_packages_are_listed() {
        assert_eq!(
            no_such_package("x", &["a", "b"]),
            "the workspace has no package `x`; its packages are `a`, `b`"
        );
        let members = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        assert!(no_such_package("x", &members).ends_with("`i`, `j`"));
        let members = [&members[..], &["k", "l"]].concat();
        assert!(no_such_package("x", &members).ends_with("`i`, `j` and 2 more"));
        assert!(no_such_package("x", &[]).ends_with("its packages are none"));
    }
}
