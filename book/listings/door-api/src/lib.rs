//! The interface `door`.

use dlkm_rt::{LoadError, module};

/// A door, and who stands there.
#[module(name = "door")]
pub trait Door {
    /// Lets somebody in; returns what they are told.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn enter(name: &str) -> Result<String, LoadError>;

    /// Whether people may come.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn open() -> Result<bool, LoadError>;
}
