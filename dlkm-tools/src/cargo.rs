//! Calls of cargo, with the options that all calls of one build share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

use crate::error::Error;

/// The options that all calls of cargo share in one build.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cargo {
    /// The folder that cargo runs in. Relative paths and `.cargo/config.toml` start here.
    pub(crate) dir: PathBuf,
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) profile: Option<String>,
    /// The target triple, or the path of its specification.
    pub(crate) target: Option<String>,
    pub(crate) target_dir: Option<PathBuf>,
    pub(crate) locked: bool,
    pub(crate) offline: bool,
    pub(crate) quiet: bool,
}

impl Cargo {
    /// The cargo that started this command as its subcommand, or else the one in `PATH`.
    fn program() -> OsString {
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
    }

    /// A subcommand of cargo with the shared options.
    pub(crate) fn command(&self, subcommand: &str) -> Command {
        self.command_in(subcommand, self.target_dir.as_deref())
    }

    /// The same with another target folder.
    pub(crate) fn command_in(&self, subcommand: &str, target_dir: Option<&Path>) -> Command {
        let mut command = Command::new(Self::program());
        command.current_dir(&self.dir).arg(subcommand);
        if let Some(path) = &self.manifest_path {
            command.arg("--manifest-path").arg(path);
        }
        if let Some(profile) = &self.profile {
            command.arg("--profile").arg(profile);
        }
        if let Some(triple) = &self.target {
            command.arg("--target").arg(triple);
        }
        if let Some(path) = target_dir {
            command.arg("--target-dir").arg(path);
        }
        command.args(self.lock_flags());
        if self.quiet {
            command.arg("--quiet");
        }
        command
    }

    /// Runs `cargo metadata` for the packages of the workspace. It neither resolves nor fetches
    /// dependencies.
    pub(crate) fn metadata(&self) -> Result<Metadata, Error> {
        let mut command = MetadataCommand::new();
        command
            .cargo_path(Self::program())
            .current_dir(&self.dir)
            .no_deps();
        if let Some(path) = &self.manifest_path {
            command.manifest_path(path);
        }
        command.other_options(self.lock_flags());
        command.exec().map_err(|source| {
            let place = match &self.manifest_path {
                Some(path) => self.dir.join(path),
                None => self.dir.clone(),
            };
            Error::Workspace {
                dir: std::path::absolute(&place).unwrap_or(place),
                source,
            }
        })
    }

    /// The target folder, without the folders of a target and a profile.
    pub(crate) fn target_dir(&self, metadata: &Metadata) -> PathBuf {
        match &self.target_dir {
            // As cargo does: `join` takes an absolute path as it is.
            Some(path) => self.dir.join(path),
            None => metadata.target_directory.clone().into(),
        }
    }

    /// The folder in the target folder with the executables of these settings. (Cargo's configuration
    /// may name another target; what was built says where it is.)
    pub(crate) fn profile_folder(&self) -> PathBuf {
        let target = self.target.as_deref().map(Path::new);
        let target = target.and_then(Path::file_stem).unwrap_or_default();
        let profile = match self.profile.as_deref() {
            None | Some("dev" | "test") => "debug",
            Some("bench") => "release",
            Some(other) => other,
        };
        Path::new(target).join(profile)
    }

    fn lock_flags(&self) -> Vec<String> {
        let flags = [(self.locked, "--locked"), (self.offline, "--offline")];
        flags
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, flag)| flag.to_owned())
            .collect()
    }
}
