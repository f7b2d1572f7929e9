//! `edition`, with a dependency that does not exist.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module(depends = ["nowhere"])]
impl scenario_old_api::young::Edition for Driver {
    fn number() -> Result<u64, LoadError> {
        Ok(3)
    }
}
