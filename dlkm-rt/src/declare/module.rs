//! What a driver crate declares: its wrapper, its hooks and their errors.

use std::path::{Path, PathBuf};

use crate::call::slot::Code;
use crate::error::HookError;
use dlkm_metadata::Class;
use dlkm_metadata::write::Declaration;

/// What a module provides of one interface. Made by the trait, not by hand.
#[derive(Clone, Copy, Debug)]
pub struct Exports {
    /// The interface, as the driver was compiled against it.
    pub interface: &'static Declaration,
    /// One function for each of the interface's, in the same order.
    pub functions: &'static [Code],
}

/// Refuses `idle` where it would mean nothing.
///
/// # Panics
/// While compiling, if one of the interfaces is load-only.
#[track_caller]
pub const fn idle_needs_unloadable(provided: &[&Declaration]) {
    let mut i = 0;
    while i < provided.len() {
        if let Class::LoadOnly = provided[i].class {
            panic!(
                "an interface of this module has no `#[ustub]`, so the module is never unloaded: \
                 leave `idle` out"
            );
        }
        i += 1;
    }
}

/// A load or unload hook, with its panics already turned into errors.
pub type Hook = fn(&LoadArg) -> Result<(), HookError>;

/// A save hook, as above.
pub type SaveHook = fn(&LoadArg) -> Result<Vec<u8>, HookError>;

/// The static that describes a module: the seeds' `modwrapper`, `modlink` and
/// `mod_type_data` in one.
#[derive(Debug)]
pub struct Wrapper {
    /// The metadata, as in the image's section: see [`crate::metadata`].
    pub metadata: &'static [u8],
    /// Where the module is declared: file and line.
    pub declared_at: &'static str,
    /// What it provides.
    pub exports: &'static [Exports],
    /// The seeds' `_load()`.
    pub load: Option<Hook>,
    /// The seeds' `_unload()`.
    pub unload: Option<Hook>,
    /// What it leaves to the version that takes its place.
    pub save: Option<SaveHook>,
}

/// The modules of this image. Linkers gather it, image by image: in the kernel these are
/// the static modules, in a loadable image it is the one.
#[linkme::distributed_slice]
pub static DLKM_MODULES: [Wrapper];

/// What a hook is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadArg {
    pub(crate) module: String,
    pub(crate) file: Option<PathBuf>,
    pub(crate) upgrade_from: Option<String>,
    pub(crate) state: Option<Vec<u8>>,
}

impl LoadArg {
    /// The module's name.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The file it was loaded from; `None` for a static module.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// In a load hook: the version whose place this module takes, by
    /// [`Kernel::upgrade`](crate::Kernel::upgrade); it still serves. `None` for a load.
    pub fn upgrade_from(&self) -> Option<&str> {
        self.upgrade_from.as_deref()
    }

    /// In the load hook of an upgrade: what that version's save hook returned, if it has one. It
    /// was written by other code than reads it, so let it begin with a number of its format.
    pub fn state(&self) -> Option<&[u8]> {
        self.state.as_deref()
    }
}
