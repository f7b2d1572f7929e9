//! The states of HP-UX's modules.

use std::fmt;

/// A state that a module may support, by the names that HP-UX's `kcmodule` has for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModuleState {
    /// Loaded by the first call of one of its functions.
    Auto,
    /// Loaded by name.
    Loaded,
    /// Linked into the host.
    Static,
}

impl ModuleState {
    /// As written in an image's metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            ModuleState::Auto => "auto",
            ModuleState::Loaded => "loaded",
            ModuleState::Static => "static",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        let all = [ModuleState::Auto, ModuleState::Loaded, ModuleState::Static];
        all.into_iter().find(|state| state.as_str() == word)
    }
}

impl fmt::Display for ModuleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
