//! The module `spell`.

use dlkm_rt::{LoadError, module};

/// The driver.
pub enum Driver {}

// ANCHOR: idle
#[module(desc = "Corrects English", idle = "200ms")]
impl watch_api::Spell for Driver {
    // ANCHOR_END: idle
    fn correct(word: &str) -> Result<String, LoadError> {
        Ok(match word {
            "teh" => "the",
            "adn" => "and",
            right => right,
        }
        .to_owned())
    }
}
