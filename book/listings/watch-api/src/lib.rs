//! The interface `spell`.

use dlkm_rt::{LoadError, module};

/// Corrects what was typed.
#[module]
pub trait Spell {
    /// The word as it should be.
    #[ustub]
    fn correct(word: &str) -> Result<String, LoadError>;
}
