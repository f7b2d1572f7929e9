//! Information about a module.

use std::fmt;
use std::path::{Path, PathBuf};

use dlkm_system as system;

use super::control::Table;
use super::record::{Kept, Running, Stage};
use crate::error::{Cause, LoadError};
use crate::loader::Known;
use crate::metadata::Metadata;
use crate::sorted::sort_by;

/// The state of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Not loaded.
    Unloaded,
    /// Being loaded.
    Loading,
    /// Loaded.
    Loaded,
    /// Being unloaded.
    Unloading,
    /// Not loaded, because loading it failed, or because its image can't be used.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::Unloaded => "unloaded",
            State::Loading => "loading",
            State::Loaded => "loaded",
            State::Unloading => "unloading",
            State::Failed => "failed",
        })
    }
}

impl State {
    pub(super) fn of(phase: Stage, failed: bool) -> Self {
        match phase {
            Stage::Loading(_) => State::Loading,
            Stage::Loaded => State::Loaded,
            Stage::Unloading(_) => State::Unloading,
            Stage::Unloaded if failed => State::Failed,
            Stage::Unloaded => State::Unloaded,
        }
    }
}

/// What the kernel knows about a module.
#[derive(Clone, Debug)]
pub struct ModuleInfo {
    name: String,
    metadata: Option<Metadata>,
    file: Option<PathBuf>,
    copy: Option<PathBuf>,
    state: State,
    cause: Option<system::Cause>,
    error: Option<LoadError>,
    kept: Option<Kept>,
}

impl ModuleInfo {
    pub(super) fn loaded(running: &Running) -> Self {
        let metadata = &running.metadata;
        ModuleInfo {
            name: metadata.name().to_owned(),
            metadata: Some(metadata.clone()),
            file: running.origin.file().map(Path::to_owned),
            copy: running.image.copy().map(Path::to_owned),
            state: State::Loaded,
            cause: Some(running.cause),
            error: None,
            kept: None,
        }
    }

    /// The module's name; for an unusable image, the name of its file; for a module root that can't
    /// be read, its path, which is no module's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version; `None` for an unusable image.
    pub fn version(&self) -> Option<&str> {
        self.metadata.as_ref().map(Metadata::version)
    }

    /// Its kind; `None` for an unusable image.
    pub fn kind(&self) -> Option<&str> {
        self.metadata.as_ref().map(Metadata::kind)
    }

    /// Its description; empty if it has none, and for an unusable image.
    pub fn desc(&self) -> &str {
        self.metadata.as_ref().map_or("", Metadata::desc)
    }

    /// Its whole metadata, unless the image is unusable.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// Its image; `None` for a static module. For a module root that can't be read, the folder.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The name that the dynamic linker, and so debuggers and backtraces, have for the
    /// loaded image, if it is a copy in memory of [`file`](Self::file). It is a copy if the
    /// system still had the file mapped: from an earlier load, of which a thread has thread-local
    /// data.
    pub fn copy(&self) -> Option<&Path> {
        self.copy.as_deref()
    }

    /// Whether it is linked into the host.
    pub fn is_static(&self) -> bool {
        self.file.is_none()
    }

    /// Whether this stands for the module root, which does not exist or can't be read:
    /// [`error`](Self::error) says why. See [`Kernel::modules`](crate::Kernel::modules).
    pub fn is_root(&self) -> bool {
        let cause = self.error.as_ref().map(LoadError::cause);
        // A module may have the same error from an earlier load; its file is another one.
        matches!(cause, Some(Cause::Root { root, .. }) if self.file.as_ref() == Some(root))
    }

    /// Why it is in service, as HP-UX's `kcmodule` says it; `None` if it is not loaded.
    pub fn cause(&self) -> Option<system::Cause> {
        self.cause
    }

    /// Its state.
    pub fn state(&self) -> State {
        self.state
    }

    /// Why it is [`State::Failed`].
    pub fn error(&self) -> Option<&LoadError> {
        self.error.as_ref()
    }

    /// Why the kernel keeps the code of this unloaded module in memory, if it does.
    pub fn kept(&self) -> Option<Kept> {
        self.kept
    }
}

/// All modules, sorted by name: those that are `known`, and those that are loaded.
pub(super) fn list(known: Vec<Known>, table: &Table) -> Vec<ModuleInfo> {
    // Sorted, as `known` is.
    let known_names: Vec<_> = known.iter().map(|(name, ..)| name.clone()).collect();
    let without_file = table
        .all_loaded()
        .filter(|running| {
            let name = running.metadata.name();
            known_names
                .binary_search_by(|known| known.as_str().cmp(name))
                .is_err()
        })
        .map(ModuleInfo::loaded);
    let mut all: Vec<_> = known
        .into_iter()
        .map(|known| info(known, table))
        .chain(without_file)
        .collect();
    sort_by(&mut all, |one, other| one.name.cmp(&other.name));
    all
}

/// The module `name`: as loaded, otherwise as in `known`.
pub(super) fn one(name: &str, known: Option<Known>, table: &Table) -> Option<ModuleInfo> {
    let loaded = table.running(name).map(ModuleInfo::loaded);
    loaded.or_else(|| known.map(|known| info(known, table)))
}

fn info((name, origin, metadata): Known, table: &Table) -> ModuleInfo {
    // The file may have been replaced since the load.
    if let Some(running) = table.running(&name) {
        return ModuleInfo::loaded(running);
    }
    let (phase, failure) = table.state(&name);
    let file = origin.file().map(Path::to_owned);
    let (metadata, unusable) = match metadata {
        Ok(metadata) => (Some(metadata), None),
        Err(cause) => (None, Some(LoadError::new(&*name, cause))),
    };
    let error = failure.or(unusable);
    let state = State::of(phase, error.is_some());
    let error = error.filter(|_| state == State::Failed);
    let kept = table.kept(&name);
    ModuleInfo {
        name,
        metadata,
        file,
        copy: None,
        state,
        cause: None,
        error,
        kept,
    }
}
