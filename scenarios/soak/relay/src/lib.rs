//! `soak-relay`: calls `soak` from inside a module.

use dlkm_rt::{LoadError, module};
use scenario_soak_api::soak;

/// The driver.
pub struct Driver;

#[module(desc = "calls `soak`")]
impl scenario_soak_api::Relay for Driver {
    fn add(a: u64, b: u64) -> Result<u64, LoadError> {
        soak::add(a, b)
    }

    fn call(body: &mut dyn FnMut()) -> Result<(), LoadError> {
        soak::call(body)
    }
}
