//! `clingy`: its thread-local data has a destructor, which keeps its image mapped.

use dlkm_rt::{LoadError, module};
use scenario_api::counter;

/// The driver.
pub struct Driver;

struct Cling;

impl Drop for Cling {
    fn drop(&mut self) {}
}

thread_local!(static CLING: Cling = const { Cling });

#[module]
impl scenario_api::Clingy for Driver {
    fn cling() -> Result<u64, LoadError> {
        CLING.with(|_| counter::count())
    }

    fn cling_peek() -> Result<u64, LoadError> {
        Ok(counter::peek())
    }
}
