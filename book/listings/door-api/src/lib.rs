//! The interface `door`.

use dlkm_rt::{LoadError, module};

/// A door that counts its guests.
#[module(name = "door")]
pub trait Door {
    /// Lets a guest in. Returns the greeting.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn enter(name: &str) -> Result<String, LoadError>;

    /// Whether the door is open.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn open() -> Result<bool, LoadError>;
}
