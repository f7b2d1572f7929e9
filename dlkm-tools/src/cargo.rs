//! How cargo is called: the options that every call of one build shares.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

use crate::Error;

/// What every cargo call of one build has in common.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cargo {
    /// The folder cargo runs in: relative paths and `.cargo/config.toml` are taken from here.
    pub(crate) dir: PathBuf,
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) profile: Option<String>,
    pub(crate) target_dir: Option<PathBuf>,
    pub(crate) locked: bool,
    pub(crate) offline: bool,
    pub(crate) quiet: bool,
}

impl Cargo {
    /// The program that `cargo` itself names for its subcommands, else the one on the search path.
    pub(crate) fn program() -> OsString {
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
    }

    /// `cargo rustc` for one package, up to but without the arguments for rustc.
    pub(crate) fn rustc(&self, target_dir: Option<&Path>) -> Command {
        let mut command = Command::new(Self::program());
        command.current_dir(&self.dir).arg("rustc");
        // A host's affair: in an image there is nobody to link directly to.
        command.env("DLKM_STATIC", "");
        if let Some(path) = &self.manifest_path {
            command.arg("--manifest-path").arg(path);
        }
        if let Some(profile) = &self.profile {
            command.arg("--profile").arg(profile);
        }
        if let Some(path) = target_dir.or(self.target_dir.as_deref()) {
            command.arg("--target-dir").arg(path);
        }
        command.args(self.lock_flags());
        if self.quiet {
            command.arg("--quiet");
        }
        command
    }

    /// `cargo metadata` for the workspace's own packages; it neither resolves nor fetches
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
        command.exec().map_err(|source| Error::Workspace {
            dir: self
                .manifest_path
                .as_ref()
                .map_or_else(|| self.dir.clone(), |path| self.dir.join(path)),
            source,
        })
    }

    /// Where cargo puts what it builds, without the folders for a target and a profile.
    pub(crate) fn target_dir(&self, metadata: &Metadata) -> PathBuf {
        match &self.target_dir {
            // An absolute path replaces `dir`, so this is cargo's own rule.
            Some(path) => self.dir.join(path),
            None => metadata.target_directory.clone().into(),
        }
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
