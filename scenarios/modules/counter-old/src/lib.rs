//! `counter`, built against an earlier version of the interface.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl scenario_old_api::Counter for Driver {
    fn count() -> Result<u64, LoadError> {
        Ok(1)
    }

    fn during() -> bool {
        true
    }
}
