//! A module that calls the other modules, so that their stubs are measured in an image.

use dlkm_rt::{LoadError, module};

bench_api::stubs!();

/// The driver.
pub struct Driver;

#[module]
impl bench_api::Inside for Driver {
    fn sum(which: usize, count: u64) -> Result<u64, LoadError> {
        Ok(STUBS[which].1(count))
    }
}
