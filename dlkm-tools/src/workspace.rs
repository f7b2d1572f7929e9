//! The packages of a workspace, and which of them are modules.

use std::path::PathBuf;

use cargo_metadata::{DependencyKind, Package, Target, TargetKind};
use dlkm_system::same_name;

use crate::cargo::Cargo;
use crate::error::Error;
use crate::scan;

/// A module crate depends on this crate.
pub(crate) const RUNTIME: &str = "dlkm-rt";

/// The part of the runtime that is built as `libdlkm_kernel.so`.
pub(crate) const KERNEL_PACKAGE: &str = "dlkm-kernel";

/// A workspace, as `cargo metadata` describes it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// The target folder, without the folders of a target and a profile.
    pub(crate) target_dir: PathBuf,
    packages: Vec<Package>,
}

/// A package to build as a module.
#[derive(Debug, Clone)]
pub(crate) struct ModulePackage {
    pub(crate) name: String,
    /// The package ID, which cargo takes for `-p`. Unlike the name, it is unique.
    pub(crate) spec: String,
    pub(crate) manifest: PathBuf,
    pub(crate) features: Vec<String>,
    /// The package was given by name, or its manifest says that it is a module. Then it is an error
    /// if its image declares none.
    pub(crate) forced: bool,
    /// An earlier library of the workspace is built to the same file: see [`Workspace::clashes`].
    pub(crate) clashes: bool,
}

impl Workspace {
    /// Asks cargo for the workspace's packages.
    pub(crate) fn load(cargo: &Cargo) -> Result<Self, Error> {
        let metadata = cargo.metadata()?;
        let target_dir = cargo.target_dir(&metadata);
        let packages = metadata.workspace_packages().into_iter().cloned().collect();
        Ok(Self {
            root: metadata.workspace_root.into(),
            target_dir,
            packages,
        })
    }

    pub(crate) fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter()
    }

    /// The package of the module `module`: the one of that name.
    pub(crate) fn package_of(&self, module: &str) -> Option<&Package> {
        self.packages()
            .find(|package| same_name(&package.name, module))
    }

    pub(crate) fn no_such_package(&self, name: &str) -> Error {
        let members = self.packages().map(|package| package.name.to_string());
        Error::NoSuchPackage {
            package: name.to_owned(),
            members: members.collect(),
        }
    }

    /// All packages that are modules according to their manifest or their source.
    pub(crate) fn modules(&self) -> Result<Vec<ModulePackage>, Error> {
        let mut found = Vec::new();
        for package in &self.packages {
            match module_override(package)? {
                Some(false) => {}
                Some(true) => found.push(self.module(package, true)?),
                None if self.looks_like_module(package) => found.push(self.module(package, false)?),
                None => {}
            }
        }
        Ok(found)
    }

    /// The packages of these names. Their source is not scanned.
    pub(crate) fn named(&self, names: &[String]) -> Result<Vec<ModulePackage>, Error> {
        let mut found: Vec<ModulePackage> = Vec::new();
        for name in names {
            let Some(package) = self.packages.iter().find(|package| *package.name == *name) else {
                return Err(self.no_such_package(name));
            };
            if !found.iter().any(|other| other.name == *name) {
                found.push(self.module(package, true)?);
            }
        }
        Ok(found)
    }

    /// The kernel, which need not be a package of the workspace: cargo finds it among the dependencies.
    pub(crate) fn kernel(&self) -> ModulePackage {
        ModulePackage {
            name: KERNEL_PACKAGE.to_owned(),
            spec: KERNEL_PACKAGE.to_owned(),
            manifest: PathBuf::new(),
            features: Vec::new(),
            forced: true,
            clashes: false,
        }
    }

    fn module(&self, package: &Package, forced: bool) -> Result<ModulePackage, Error> {
        let (name, manifest) = (
            package.name.to_string(),
            package.manifest_path.clone().into(),
        );
        let Some(library) = library(package) else {
            return Err(Error::NoLibrary {
                package: name,
                manifest,
            });
        };
        Ok(ModulePackage {
            clashes: self.clashes(package, library),
            spec: package.id.repr.clone(),
            features: package.features.keys().cloned().collect(),
            name,
            manifest,
            forced,
        })
    }

    fn looks_like_module(&self, package: &Package) -> bool {
        package
            .dependencies
            .iter()
            .any(|dep| dep.name == RUNTIME && dep.kind == DependencyKind::Normal)
            && library(package)
                .is_some_and(|library| scan::declares_module(library.src_path.as_std_path()))
    }

    /// Whether an earlier package has a library of the same name. The file name of a shared object
    /// has no hash, so cargo would build both to one file, and consider each up to date after the
    /// other had overwritten it.
    fn clashes(&self, package: &Package, own: &Target) -> bool {
        self.packages
            .iter()
            .take_while(|other| other.id != package.id)
            .any(|other| library(other).is_some_and(|library| library.name == own.name))
    }
}

/// Whether the package has a program.
pub(crate) fn has_program(package: &Package) -> bool {
    let mut targets = package.targets.iter();
    targets.any(|target| target.kind.contains(&TargetKind::Bin))
}

fn library(package: &Package) -> Option<&Target> {
    let kinds = [
        TargetKind::Lib,
        TargetKind::RLib,
        TargetKind::DyLib,
        TargetKind::CDyLib,
        TargetKind::StaticLib,
    ];
    package
        .targets
        .iter()
        .find(|target| target.kind.iter().any(|kind| kinds.contains(kind)))
}

/// The value of `package.metadata.dlkm.module`, if the manifest has it.
fn module_override(package: &Package) -> Result<Option<bool>, Error> {
    let value = package
        .metadata
        .get("dlkm")
        .and_then(|table| table.get("module"));
    value
        .map(|value| {
            value.as_bool().ok_or_else(|| Error::Override {
                manifest: package.manifest_path.clone().into(),
                value: value.to_string(),
            })
        })
        .transpose()
}
