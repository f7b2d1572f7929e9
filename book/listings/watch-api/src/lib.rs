//! The interface `spell`.

use dlkm_rt::{LoadError, module};

/// Corrects typing errors.
#[module]
pub trait Spell {
    /// The corrected word.
    #[ustub]
    fn correct(word: &str) -> Result<String, LoadError>;
}
