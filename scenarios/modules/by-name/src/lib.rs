//! `by-name`: only a load by name loads it.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module(states = [loaded])]
impl scenario_api::ByName for Driver {
    fn three() -> Result<u64, LoadError> {
        Ok(3)
    }
}
