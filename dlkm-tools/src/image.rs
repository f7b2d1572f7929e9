//! Builds one module's image: a thin front for `cargo rustc`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use cargo_metadata::{Artifact, CrateType, Message};

use crate::Error;
use crate::cargo::Cargo;
use crate::workspace::{ModulePackage, Workspace};

/// A built image, still in cargo's target folder.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) package: ModulePackage,
    pub(crate) file: PathBuf,
    /// The folder with this profile's executables, `target/debug` or so.
    pub(crate) profile_dir: PathBuf,
}

/// A module's: with the runtime's entry in it.
pub(crate) const MODULE: &str = "dlkm_image";
/// One that is only read: with the text of the crate's interfaces in it.
pub(crate) const INTERFACES: &str = "dlkm_interfaces";

/// Builds the package's library as a shared object, with `cfg` set for it alone.
pub(crate) fn build(
    cargo: &Cargo,
    workspace: &Workspace,
    package: ModulePackage,
    features: &[String],
    cfg: &str,
) -> Result<Image, Error> {
    let own_target_dir = package
        .clashes
        .then(|| workspace.target_dir.join("dlkm-images").join(&package.name));
    let mut command = cargo.rustc(own_target_dir.as_deref());
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
    command.args(["--", "--cfg", cfg, "--check-cfg", &format!("cfg({cfg})")]);
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

/// The shared object of the package `id` among cargo's messages.
fn find(messages: &[u8], id: &str) -> std::io::Result<Option<PathBuf>> {
    let mut found = None;
    for message in Message::parse_stream(messages) {
        if let Message::CompilerArtifact(artifact) = message?
            && artifact.package_id.repr == id
        {
            found = shared_object(artifact).or(found);
        }
    }
    Ok(found)
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
