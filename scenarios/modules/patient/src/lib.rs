//! `patient`: is unloaded after an hour without a call.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module(idle = "1h")]
impl scenario_api::Patient for Driver {
    fn same(number: u64) -> Result<u64, LoadError> {
        Ok(number)
    }
}
