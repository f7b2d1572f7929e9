//! [`Build`]: which modules are built, how, and where they go.

use std::path::{Path, PathBuf};

use dlkm_metadata::InterfaceInfo;

use crate::cargo::Cargo;
use crate::features::Features;
use crate::image::{self, Image};
use crate::modinfo::{self, ModInfo};
use crate::workspace::Workspace;
use crate::{Error, root};

/// Builds modules and installs them into a module root.
///
/// Without further calls: every module crate of the workspace, in the `dev` profile, into the
/// folder `modules` beside the host executables (`target/debug/modules`), where a host looks unless
/// it is told otherwise.
///
/// A workspace package is a *module crate* when it has a library, depends on `dlkm-rt` (under any
/// name) and its source has `#[module]` on an `impl`, or on a `mod` with a body. A manifest has the
/// last word with `[package.metadata.dlkm] module = true` (or `false`), for example where a macro
/// writes the attribute.
///
/// # Example
///
/// ```no_run
/// # fn main() -> Result<(), dlkm_tools::Error> {
/// let installed = dlkm_tools::Build::new("tests/fixtures/gzip")
///     .package("gzip")
///     .release()
///     .root("/tmp/modules")
///     .quiet()
///     .run()?;
/// assert_eq!(installed[0].file.to_str(), Some("/tmp/modules/gzip.so"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is built before `run`"]
pub struct Build {
    cargo: Cargo,
    packages: Vec<String>,
    features: Features,
    root: Root,
}

#[derive(Debug, Clone)]
enum Root {
    /// Below the folder with the profile's executables.
    InProfile(&'static str),
    Path(PathBuf),
}

/// One module that [`Build::run`] installed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Installed {
    /// The package it was built from.
    pub package: String,
    /// The module's name, as its image declares it.
    pub module: String,
    /// The module's version, as its image declares it.
    pub version: String,
    /// The installed image, `<module root>/<module>.so`.
    pub file: PathBuf,
    /// `false` when the very same image was installed already, and was left alone.
    pub changed: bool,
}

impl Build {
    /// Modules of the workspace that `dir` lies in. Cargo runs in `dir`, so its configuration and
    /// relative paths given to this builder are taken from there.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            cargo: Cargo {
                dir: dir.into(),
                ..Cargo::default()
            },
            packages: Vec::new(),
            features: Features::default(),
            root: Root::InProfile("modules"),
        }
    }

    /// Takes the workspace of this `Cargo.toml` instead of the folder's own.
    pub fn manifest_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.cargo.manifest_path = Some(path.into());
        self
    }

    /// Builds this workspace package; call it once for each. What is named has to be a module: an
    /// image that declares none is then an error.
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.packages.push(name.into());
        self
    }

    /// Builds in this Cargo profile instead of `dev`. The host's may be another one, if both have
    /// the same `panic` setting.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.cargo.profile = Some(name.into());
        self
    }

    /// Builds in the `release` profile.
    pub fn release(self) -> Self {
        self.profile("release")
    }

    /// Lets cargo build into this folder instead of the workspace's `target`.
    pub fn target_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.cargo.target_dir = Some(path.into());
        self
    }

    /// Installs into this module root, which is created where it is missing.
    pub fn root(mut self, path: impl Into<PathBuf>) -> Self {
        self.root = Root::Path(path.into());
        self
    }

    /// Installs beside the workspace's examples (`target/debug/examples/modules`), which cargo
    /// keeps in a folder of their own.
    pub fn root_beside_examples(mut self) -> Self {
        self.root = Root::InProfile("examples/modules");
        self
    }

    /// Switches features on: `feature` in every package to build that has it, `package/feature` in
    /// that one. Commas and blanks separate several, as in `cargo build --features`.
    pub fn features(mut self, features: impl AsRef<str>) -> Self {
        self.features.add(features.as_ref());
        self
    }

    /// Fails rather than change `Cargo.lock`.
    pub fn locked(mut self) -> Self {
        self.cargo.locked = true;
        self
    }

    /// Keeps cargo off the network.
    pub fn offline(mut self) -> Self {
        self.cargo.offline = true;
        self
    }

    /// Writes nothing to stderr. Otherwise cargo's progress and diagnostics go there, and notes
    /// about packages that were skipped. What cargo said is then part of [`Error::Cargo`].
    pub fn quiet(mut self) -> Self {
        self.cargo.quiet = true;
        self
    }

    /// Builds the modules and installs them, in the order of the workspace's members or as named.
    ///
    /// Nothing is installed before everything is built. An image is put in place by renaming, so
    /// hosts that run keep what they have loaded; an image that did not change is not touched.
    /// Images of modules that the workspace no longer has stay where they are (a root may hold
    /// modules from elsewhere); in a default root a note tells of them.
    ///
    /// # Errors
    ///
    /// Each step has its own variant of [`Error`]. After an error from building, the module root is
    /// as it was.
    pub fn run(&self) -> Result<Vec<Installed>, Error> {
        let workspace = Workspace::load(&self.cargo)?;
        let packages = if self.packages.is_empty() {
            workspace.modules()?
        } else {
            workspace.named(&self.packages)?
        };
        if packages.is_empty() {
            return Err(Error::NoModules {
                workspace: workspace.root,
            });
        }
        let all_features = self.features.divide(&packages)?;

        let mut images: Vec<(Image, ModInfo)> = Vec::new();
        for (package, features) in packages.into_iter().zip(all_features) {
            let image = image::build(&self.cargo, &workspace, package, &features, image::MODULE)?;
            if let Some(info) = self.module_in(&image)? {
                images.push((image, info));
            }
        }
        check_names(&images)?;
        let Some((first, _)) = images.first() else {
            return Err(Error::NoModules {
                workspace: workspace.root,
            });
        };
        let root = match &self.root {
            Root::InProfile(folder) => first.profile_dir.join(folder),
            Root::Path(path) => self.cargo.dir.join(path),
        };
        let installed = images
            .into_iter()
            .map(|(image, info)| install(image, info, &root))
            .collect::<Result<Vec<_>, _>>()?;
        self.note_others(&root, &installed);
        Ok(installed)
    }

    /// Builds the packages that were named, which need be no modules, and reads which interfaces of
    /// ABI C they declare, for [`c_header`](crate::c_header). Nothing is installed.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub fn interfaces(&self) -> Result<Vec<InterfaceInfo>, Error> {
        let workspace = Workspace::load(&self.cargo)?;
        let packages = workspace.named(&self.packages)?;
        let all_features = self.features.divide(&packages)?;
        let mut all = Vec::new();
        for (package, features) in packages.into_iter().zip(all_features) {
            let image = image::build(
                &self.cargo,
                &workspace,
                package,
                &features,
                image::INTERFACES,
            )?;
            let found =
                InterfaceInfo::read_declared(&image.file).map_err(|source| Error::Image {
                    package: image.package.name.clone(),
                    file: image.file.clone(),
                    source: source.into(),
                })?;
            all.extend(found);
        }
        Ok(all)
    }

    /// The module that an image declares; `None` with a note when its package only looked like a
    /// module.
    fn module_in(&self, image: &Image) -> Result<Option<ModInfo>, Error> {
        let package = &image.package;
        let info = modinfo::read(&image.file).map_err(|source| Error::Image {
            package: package.name.clone(),
            file: image.file.clone(),
            source: source.into(),
        })?;
        if info.is_none() && package.forced {
            return Err(Error::NotAModule {
                package: package.name.clone(),
                manifest: package.manifest.clone(),
            });
        }
        if info.is_none() {
            self.note(format_args!(
                "skipped `{}`: it looks like a module, but its image declares none; if that is \
                 right, put `[package.metadata.dlkm] module = false` into {}",
                package.name,
                package.manifest.display()
            ));
        }
        Ok(info)
    }

    /// Tells of images that a default root holds besides the workspace's modules.
    fn note_others(&self, root: &Path, installed: &[Installed]) {
        if !self.packages.is_empty() || !matches!(self.root, Root::InProfile(_)) {
            return;
        }
        let known: Vec<PathBuf> = installed.iter().map(|module| module.file.clone()).collect();
        let others = root::others(root, &known);
        if !others.is_empty() {
            self.note(format_args!(
                "{} also holds {}, of no module in this workspace; remove what is left of modules \
                 that were renamed or dropped",
                root.display(),
                others.join(", ")
            ));
        }
    }

    fn note(&self, text: std::fmt::Arguments<'_>) {
        if !self.cargo.quiet {
            let bold = clap::builder::styling::Style::new().bold();
            anstream::eprintln!("{bold}note{bold:#}: {text}");
        }
    }
}

fn install(image: Image, info: ModInfo, root: &Path) -> Result<Installed, Error> {
    let package = image.package.name;
    let Some(file) = root::place(root, &info.name) else {
        return Err(Error::ModuleName {
            package,
            module: info.name,
        });
    };
    match root::install(&image.file, &file) {
        Ok(changed) => Ok(Installed {
            package,
            module: info.name,
            version: info.version,
            file,
            changed,
        }),
        Err((step, source)) => Err(Error::Install {
            package,
            file,
            step,
            source,
        }),
    }
}

/// The error for a name that cannot be installed, before anything is.
fn check_names(images: &[(Image, ModInfo)]) -> Result<(), Error> {
    for (index, (image, info)) in images.iter().enumerate() {
        if root::place(Path::new(""), &info.name).is_none() {
            return Err(Error::ModuleName {
                package: image.package.name.clone(),
                module: info.name.clone(),
            });
        }
        if let Some((other, _)) = images[..index]
            .iter()
            .find(|(_, other)| other.name == info.name)
        {
            let place =
                |image: &Image| (image.package.name.clone(), image.package.manifest.clone());
            return Err(Error::SameModule {
                module: info.name.clone(),
                packages: [place(other), place(image)],
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_send_and_sync() {
        fn check<T: Send + Sync>() {}
        check::<Build>();
        check::<Installed>();
        check::<Error>();
    }
}
