//! `edition`, without most of its functions.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl scenario_old_api::young::Edition for Driver {
    fn number() -> Result<u64, LoadError> {
        Ok(3)
    }
}
