//! `idler-top`: is unloaded after 1 ms without a call; then its dependency `idler` may be, too.

use dlkm_rt::{LoadError, module};
use scenario_api::idler;

/// The driver.
pub struct Driver;

#[module(idle = "1ms", depends = ["idler"])]
impl scenario_api::IdlerTop for Driver {
    fn four_times(number: u64) -> Result<u64, LoadError> {
        idler::twice(idler::twice(number)?)
    }

    fn top_stays() -> Result<(), LoadError> {
        Ok(())
    }
}
