//! `counter`, built before the interface had all of its functions.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

static COUNT: AtomicU64 = AtomicU64::new(0);

#[module]
impl scenario_old_api::first::Counter for Driver {
    fn count() -> Result<u64, LoadError> {
        Ok(COUNT.fetch_add(1, SeqCst) + 1)
    }

    fn during(body: &mut dyn FnMut()) -> bool {
        body();
        true
    }
}
