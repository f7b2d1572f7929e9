//! [`Build`]: which modules are built, how, and where they go.

use std::path::{Path, PathBuf};
use std::process::Command;

use dlkm_metadata::InterfaceInfo;

use crate::cargo::Cargo;
use crate::error::Error;
use crate::features::Features;
use crate::image::{self, Image, Kind};
use crate::install::{Installed, install};
use crate::link::Linking;
use crate::modinfo::{self, ModInfo};
use crate::workspace::{ModulePackage, Workspace};
use crate::{follow, module_root, stubs, terminal};

/// Builds modules and installs them into a module root.
///
/// By default it builds every module crate of the workspace in the `dev` profile, and installs the
/// images into the folder `modules` beside the host's executable (`target/debug/modules`). Hosts that
/// boot with `ModuleRoot::beside_executable` look there.
///
/// A workspace package is a *module crate* if it has a library, depends on `dlkm-rt` (under any
/// name), and its source has `#[module]` on an `impl` or on a `mod` with a body, or calls a macro such
/// as `shm_dlkm!`, which a `modmeta!` leaves for the driver. To override this,
/// set `module = true` or `false` in the manifest's `[package.metadata.dlkm]`, for example if a macro
/// writes the attribute, or if the crate has `dlkm-rt` only through a framework that re-exports it.
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
    linked: Vec<String>,
    root: Root,
    kernel: bool,
}

#[derive(Debug, Clone)]
enum Root {
    /// A path below the folder with the profile's executables.
    InProfile(&'static str),
    Path(PathBuf),
}

impl Build {
    /// Builds modules of the workspace that contains the folder `dir`. Cargo runs in `dir`: it takes
    /// its configuration from there, and relative paths given to this builder start there.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            cargo: Cargo {
                dir: dir.into(),
                ..Cargo::default()
            },
            packages: Vec::new(),
            features: Features::default(),
            linked: Vec::new(),
            root: Root::InProfile("modules"),
            kernel: false,
        }
    }

    /// Uses the workspace of this `Cargo.toml` instead of the folder's.
    pub fn manifest_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.cargo.manifest_path = Some(path.into());
        self
    }

    /// Builds this workspace package instead of all module crates. Can be called several times. It is
    /// an error if the package turns out not to be a module.
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.packages.push(name.into());
        self
    }

    /// Builds in this Cargo profile instead of `dev`. The host can be built in another profile that
    /// has the same `panic` setting.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.cargo.profile = Some(name.into());
        self
    }

    /// Builds in the `release` profile.
    pub fn release(self) -> Self {
        self.profile("release")
    }

    /// Builds for this target instead of the host's, as `cargo build --target` does. The modules go
    /// beside that target's executables.
    pub fn target(mut self, triple: impl Into<String>) -> Self {
        self.cargo.target = Some(triple.into());
        self
    }

    /// Leaves out the module of this workspace package, since a host is to contain it: see
    /// [`linking`](Self::linking). Can be called several times.
    ///
    /// The same holds for each module that the system file of the module root wants to be `static`, if
    /// a package has the module's name and a host can link it.
    pub fn link(mut self, package: impl Into<String>) -> Self {
        self.linked.push(package.into());
        self
    }

    /// Builds in this target folder instead of the workspace's `target`.
    pub fn target_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.cargo.target_dir = Some(path.into());
        self
    }

    /// Installs into this module root, and creates it if it is missing.
    pub fn root(mut self, path: impl Into<PathBuf>) -> Self {
        self.root = Root::Path(path.into());
        self
    }

    /// Installs beside the workspace's examples, which cargo builds into a folder of their own:
    /// `target/debug/examples/modules`.
    pub fn root_beside_examples(mut self) -> Self {
        self.root = Root::InProfile("examples/modules");
        self
    }

    /// Also builds `libdlkm_kernel.so`, and installs it beside the module root: the kernel of hosts that
    /// boot it by `dlkm_rt::boot_shared!`, and have none in themselves.
    pub fn kernel(mut self) -> Self {
        self.kernel = true;
        self
    }

    /// Enables features: `feature` in every package to build that has it, `package/feature` in that
    /// one. Separate several with commas or spaces, as for `cargo build --features`.
    pub fn features(mut self, features: impl AsRef<str>) -> Self {
        self.features.add(features.as_ref());
        self
    }

    /// Fails if `Cargo.lock` is missing or out of date, as cargo does with `--locked`.
    pub fn locked(mut self) -> Self {
        self.cargo.locked = true;
        self
    }

    /// Stops cargo from accessing the network, as `--offline` does.
    pub fn offline(mut self) -> Self {
        self.cargo.offline = true;
        self
    }

    /// Prints nothing. Without this, stderr gets cargo's progress and diagnostics, and notes about
    /// packages that were skipped. In a quiet build, cargo's diagnostics are in [`Error::Cargo`].
    pub fn quiet(mut self) -> Self {
        self.cargo.quiet = true;
        self
    }

    /// Builds the modules, then installs them. Returns them in the order of the calls of
    /// [`package`](Self::package), or else of the workspace's members.
    ///
    /// Installs nothing before every module is built. Replaces an image by renaming a new file, so
    /// running hosts keep the image that they have loaded. Does not touch an image that did not
    /// change. Keeps images of modules that are no longer in the workspace, because a module root can
    /// hold modules from elsewhere; in a default root, a note lists them.
    ///
    /// # Errors
    ///
    /// Each step has its own variant of [`Error`]. If a build fails, the module root is unchanged.
    pub fn run(&self) -> Result<Vec<Installed>, Error> {
        let workspace = Workspace::load(&self.cargo)?;
        let (linked, _) = self.linked(&workspace)?;
        let mut packages = if self.packages.is_empty() {
            workspace.modules()?
        } else {
            workspace.named(&self.packages)?
        };
        if packages.is_empty() {
            return Err(Error::NoModules {
                workspace: workspace.root,
            });
        }
        let kernel = match self.kernel {
            true => Some(self.build_kernel(&workspace)?),
            false => None,
        };
        packages.retain(|package| !linked.contains(&package.name));
        if packages.is_empty() {
            if let Some(kernel) = kernel {
                stubs::install_kernel(&kernel, &self.root_in(&kernel))?;
            }
            return Ok(Vec::new());
        }
        let all_features = self.features.divide(&packages)?;

        let mut images: Vec<(Image, ModInfo)> = Vec::new();
        for (package, features) in packages.into_iter().zip(all_features) {
            let image = image::build(&self.cargo, &workspace, package, &features, Kind::Module)?;
            if let Some(info) = self.module_in(&image)? {
                images.push((image, info));
            }
        }
        let Some((first, _)) = images.first() else {
            return Err(Error::NoModules {
                workspace: workspace.root,
            });
        };
        let root = self.root_in(first);
        let installed = install(images, &root)?;
        if let Some(kernel) = kernel {
            stubs::install_kernel(&kernel, &root)?;
        }
        // The image of a linked module may still be there.
        if linked.is_empty() {
            self.note_other_images(&root, &installed);
        }
        Ok(installed)
    }

    /// Builds the packages given with [`package`](Self::package), and returns the interfaces of ABI C
    /// that they declare, for [`c_header`](crate::c_header). The packages need not be modules. Nothing
    /// is installed.
    ///
    /// # Errors
    ///
    /// The same as those of [`run`](Self::run).
    pub fn interfaces(&self) -> Result<Vec<InterfaceInfo>, Error> {
        let workspace = Workspace::load(&self.cargo)?;
        let packages = workspace.named(&self.packages)?;
        let all_features = self.features.divide(&packages)?;
        let mut all = Vec::new();
        for (package, features) in packages.into_iter().zip(all_features) {
            all.extend(self.interfaces_of(&workspace, package, &features)?);
        }
        Ok(all)
    }

    /// The interfaces of ABI C that a package declares.
    fn interfaces_of(
        &self,
        workspace: &Workspace,
        package: ModulePackage,
        features: &[String],
    ) -> Result<Vec<InterfaceInfo>, Error> {
        let image = image::build(&self.cargo, workspace, package, features, Kind::Interfaces)?;
        InterfaceInfo::read_declared(&image.file).map_err(|source| Error::Image {
            package: image.package.name.clone(),
            file: image.file.clone(),
            source: source.into(),
        })
    }

    /// Builds the autoload stub module of each interface of ABI C that the packages given with
    /// [`package`](Self::package) declare, and a kernel for processes that have none. Installs the stub
    /// modules into the module root, and beside the root what programs need: a link to each stub module
    /// under the name by which they are linked to it, `libNAME_stub.so`, and `libdlkm_kernel.so`.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run). Or a package declares no interface of ABI C.
    pub fn stub_modules(&self) -> Result<Vec<Installed>, Error> {
        let workspace = Workspace::load(&self.cargo)?;
        let packages = workspace.named(&self.packages)?;
        let all_features = self.features.divide(&packages)?;
        let mut images = Vec::new();
        for (package, features) in packages.into_iter().zip(all_features) {
            let mut interfaces = self.interfaces_of(&workspace, package.clone(), &features)?;
            // The linker's order is none.
            interfaces.sort_by(|one, other| one.name().cmp(other.name()));
            if interfaces.is_empty() {
                return Err(Error::NoInterface {
                    package: package.name,
                    manifest: package.manifest,
                });
            }
            for interface in interfaces {
                let kind = Kind::Stubs(interface.name());
                let mut image =
                    image::build(&self.cargo, &workspace, package.clone(), &features, kind)?;
                // The next one is built to the same file.
                image.set_aside(&workspace.target_dir, &image::stub_module(interface.name()))?;
                if let Some(info) = self.module_in(&image)? {
                    images.push((image, info));
                }
            }
        }
        let kernel = self.build_kernel(&workspace)?;
        let root = self.root_in(&kernel);
        let installed = install(images, &root)?;
        for module in &installed {
            stubs::link(module, &root)?;
        }
        stubs::install_kernel(&kernel, &root)?;
        Ok(installed)
    }

    fn build_kernel(&self, workspace: &Workspace) -> Result<Image, Error> {
        let runtime = workspace.kernel();
        image::build(&self.cargo, workspace, runtime, &[], Kind::Kernel)
    }

    /// The module root, if it is in the folder of the image's profile.
    fn root_in(&self, image: &Image) -> PathBuf {
        match &self.root {
            Root::InProfile(folder) => image.profile_dir.join(folder),
            Root::Path(path) => self.cargo.dir.join(path),
        }
    }

    /// The hosts that contain the modules of [`link`](Self::link) and of the system file, with the
    /// features that do it: `host` alone, or else each package with a program that can link all of
    /// them. Empty if no module is to be linked.
    ///
    /// A feature links a module if it enables the module's package as an optional dependency: `gzip =
    /// ["dep:gzip"]`. Of several, the one of the package's name counts.
    ///
    /// # Errors
    ///
    /// The workspace has no such package, the host has no such feature, or several; or the system file
    /// can't be understood.
    pub fn linking(&self, host: Option<&str>) -> Result<Vec<Linking>, Error> {
        let workspace = Workspace::load(&self.cargo)?;
        let (linked, impossible) = self.linked(&workspace)?;
        for module in impossible {
            self.note(format_args!(
                "the system file of the module root wants the module `{module}` linked into the \
                 program, and no host of this workspace has a feature that links a package of that name"
            ));
        }
        match linked.is_empty() {
            true => Ok(Vec::new()),
            false => workspace.linking(&linked, host),
        }
    }

    /// The packages of the modules that are to be linked, and the modules that the system file wants
    /// linked and no host can link.
    fn linked(&self, workspace: &Workspace) -> Result<(Vec<String>, Vec<String>), Error> {
        let (mut linked, mut impossible) = (Vec::new(), Vec::new());
        for name in &self.linked {
            let package = workspace.package_of(name);
            let package = package.ok_or_else(|| workspace.no_such_package(name))?;
            linked.push(package.name.to_string());
        }
        let root = match &self.root {
            Root::InProfile(folder) => {
                let profile = workspace.target_dir.join(self.cargo.profile_folder());
                profile.join(folder)
            }
            Root::Path(path) => self.cargo.dir.join(path),
        };
        for module in follow::linked_modules(&root)? {
            let package = workspace.package_of(&module);
            let package = package.map(|package| package.name.to_string());
            let can = |package: &String| {
                let packages = std::slice::from_ref(package);
                workspace.linking(packages, None).is_ok()
            };
            match package {
                Some(package) if linked.contains(&package) => {}
                Some(package) if can(&package) => linked.push(package),
                _ => impossible.push(module),
            }
        }
        Ok((linked, impossible))
    }

    /// A cargo command, such as `run`, with the folder, manifest, profile, target folder and flags of
    /// this build, for a host of the modules. Add the host's options and arguments, then start it.
    ///
    /// ```no_run
    /// let build = dlkm_tools::Build::new(".").release();
    /// build.run().expect("the modules build");
    /// let mut host = build.cargo("run");
    /// host.args(["--package", "dcat", "--", "notes.gz"]).status().expect("cargo starts");
    /// ```
    pub fn cargo(&self, subcommand: &str) -> Command {
        self.cargo.command(subcommand)
    }

    /// The module that an image declares. `None`, after a note, if its source only looked like a
    /// module's.
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
                "skipped package `{}`: its source looks like a module, but its image declares none; \
                 to avoid building it, set `module = false` in `[package.metadata.dlkm]` in {}",
                package.name,
                package.manifest.display()
            ));
        }
        Ok(info)
    }

    /// Prints a note about images in a default root that are not of this workspace.
    fn note_other_images(&self, root: &Path, installed: &[Installed]) {
        if !self.packages.is_empty() || !matches!(self.root, Root::InProfile(_)) {
            return;
        }
        let known: Vec<PathBuf> = installed.iter().map(|module| module.file.clone()).collect();
        let others = module_root::other_images(root, &known);
        if !others.is_empty() {
            self.note(format_args!(
                "{} also contains {}, which no module of this workspace builds; remove the images of \
                 modules that were renamed or deleted",
                root.display(),
                others.join(", ")
            ));
        }
    }

    fn note(&self, text: std::fmt::Arguments<'_>) {
        if !self.cargo.quiet {
            terminal::note(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_types_are_send_and_sync() {
        fn check<T: Send + Sync>() {}
        check::<Build>();
        check::<Installed>();
        check::<Error>();
    }
}
