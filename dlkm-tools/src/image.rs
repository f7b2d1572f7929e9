//! Builds the image of one package with `cargo rustc`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use cargo_metadata::{Artifact, CrateType, Message};

use crate::cargo::Cargo;
use crate::error::Error;
use crate::module_root;
use crate::workspace::{KERNEL_PACKAGE, ModulePackage, Workspace};

/// A built image in cargo's target folder.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) package: ModulePackage,
    pub(crate) file: PathBuf,
    /// The folder with this profile's executables, such as `target/debug`.
    pub(crate) profile_dir: PathBuf,
}

impl Image {
    /// Moves the file out of the way of the next build.
    pub(crate) fn set_aside(&mut self, target_dir: &Path, module: &str) -> Result<(), Error> {
        let place = target_dir.join("dlkm-images").join(format!("{module}.so"));
        module_root::install(&self.file, &place).map_err(|(step, source)| Error::Install {
            package: self.package.name.clone(),
            file: place.clone(),
            step,
            source,
        })?;
        self.file = place;
        Ok(())
    }
}

/// What a crate is built to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'a> {
    /// A module's image, which contains the entry of the runtime.
    Module,
    /// An image that is only read: it contains the text of the crate's interfaces.
    Interfaces,
    /// The autoload stub module of the interface of that name.
    Stubs(&'a str),
    /// The runtime alone: a kernel for processes that have none.
    Kernel,
}

impl Kind<'_> {
    /// The arguments for rustc, for this crate only.
    fn arguments(self) -> Vec<String> {
        let cfg = |name: &str| vec!["--cfg".to_owned(), name.to_owned()];
        let known = |name: &str| vec!["--check-cfg".to_owned(), format!("cfg({name})")];
        // What a program is linked to, and looks for when it starts.
        let name = |name: &str| {
            vec![
                format!("-Clink-arg=-Wl,-soname,{name}"),
                // Programs see the symbols: only those that are meant for them.
                "-Clink-arg=-Wl,-z,start-stop-visibility=hidden".to_owned(),
            ]
        };
        match self {
            Kind::Module => [cfg("dlkm_image"), known("dlkm_image")].concat(),
            Kind::Interfaces => [cfg("dlkm_interfaces"), known("dlkm_interfaces")].concat(),
            Kind::Stubs(interface) => {
                let file = library_name(&stub_module(interface));
                [cfg(&format!("dlkm_stubs=\"{interface}\"")), name(&file)].concat()
            }
            Kind::Kernel => [cfg("dlkm_kernel"), name(KERNEL)].concat(),
        }
    }
}

/// The name of the stub module of an interface.
pub(crate) fn stub_module(interface: &str) -> String {
    format!("{interface}_stub")
}

/// The name by which programs are linked to a stub module.
pub(crate) fn library_name(module: &str) -> String {
    format!("lib{module}.so")
}

/// The file with a kernel, which stub modules look for beside the module root.
pub(crate) const KERNEL: &str = "libdlkm_kernel.so";

/// Builds the package's library as a shared object.
pub(crate) fn build(
    cargo: &Cargo,
    workspace: &Workspace,
    package: ModulePackage,
    features: &[String],
    kind: Kind<'_>,
) -> Result<Image, Error> {
    // Direct calls are for hosts: an image has no driver that it could link to. To Cargo, other
    // values of the variable are other builds, so in the host's folder the runtime would be compiled
    // anew for each image and again for each host.
    let direct = env::var_os("DLKM_STATIC").is_some_and(|list| !list.is_empty());
    let own_folder = match (package.clashes, direct) {
        (true, _) => Some(&*package.name),
        // No package has such a name.
        (false, true) => Some("+direct"),
        (false, false) => None,
    };
    let own_target_dir =
        own_folder.map(|folder| workspace.target_dir.join("dlkm-images").join(folder));
    let mut command = match &own_target_dir {
        Some(folder) => cargo.command_in("rustc", Some(folder)),
        None => cargo.command("rustc"),
    };
    if direct {
        command.env_remove("DLKM_STATIC");
    }
    command.args([
        "--package",
        &package.spec,
        "--lib",
        "--crate-type",
        "cdylib",
    ]);
    command.arg("--message-format=json-render-diagnostics");
    if !features.is_empty() {
        command.arg("--features").arg(features.join(","));
    }
    command.arg("--").args(kind.arguments());
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(if cargo.quiet {
        Stdio::piped()
    } else {
        Stdio::inherit()
    });

    let output = command.output().map_err(|source| Error::StartCargo {
        program: command.get_program().into(),
        source,
    })?;
    if !output.status.success() {
        let text = cargo
            .quiet
            .then(|| String::from_utf8_lossy(&output.stderr).into_owned());
        return Err(Error::Cargo {
            package: package.name,
            status: output.status,
            output: text,
        });
    }
    let file = match find(&output.stdout, &package.spec) {
        Ok(Some(file)) => file,
        Ok(None) => {
            return Err(Error::NoImage {
                package: package.name,
            });
        }
        Err(source) => {
            return Err(Error::CargoMessages {
                package: package.name,
                source,
            });
        }
    };
    let built_in = file.parent().unwrap_or(Path::new("")).to_owned();
    let profile_dir =
        match own_target_dir.and_then(|own| built_in.strip_prefix(own).map(Path::to_owned).ok()) {
            Some(below) => workspace.target_dir.join(below),
            None => built_in,
        };
    Ok(Image {
        package,
        file,
        profile_dir,
    })
}

/// The path of the shared object of package `id` from cargo's messages.
fn find(messages: &[u8], id: &str) -> std::io::Result<Option<PathBuf>> {
    let mut found = None;
    for message in Message::parse_stream(messages) {
        if let Message::CompilerArtifact(artifact) = message?
            && (artifact.package_id.repr == id || is_kernel(id, &artifact))
        {
            found = shared_object(artifact).or(found);
        }
    }
    Ok(found)
}

/// The kernel is given by its name, since `Workspace` does not know the packages of dependencies.
fn is_kernel(spec: &str, artifact: &Artifact) -> bool {
    spec == KERNEL_PACKAGE && artifact.target.name == KERNEL_PACKAGE.replace('-', "_")
}

fn shared_object(artifact: Artifact) -> Option<PathBuf> {
    if !artifact.target.crate_types.contains(&CrateType::CDyLib) {
        return None;
    }
    let is_object = |extension: &str| matches!(extension, "so" | "dylib" | "dll");
    artifact
        .filenames
        .into_iter()
        .find(|file| file.extension().is_some_and(is_object))
        .map(Into::into)
}
