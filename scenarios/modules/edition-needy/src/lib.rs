//! `edition`, which needs a module that is not there.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module(depends = ["nowhere"])]
impl scenario_old_api::young::Edition for Driver {
    fn number() -> Result<u64, LoadError> {
        Ok(3)
    }
}
