//! `edition`, whose function has another type.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl scenario_old_api::odd::Edition for Driver {
    fn number() -> Result<i8, LoadError> {
        Ok(3)
    }
}
