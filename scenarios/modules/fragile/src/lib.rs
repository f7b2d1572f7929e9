//! `fragile`: counts, and panics on request. A panic leaves a wrong count, which only a fresh load
//! resets.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::{HookError, LoadArg, LoadError, module};
use scenario_api::plan;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// The driver.
pub struct Driver;

#[module(load = load, unload = unload)]
impl scenario_api::Fragile for Driver {
    fn count_to(limit: u64) -> Result<u64, LoadError> {
        let count = COUNT.fetch_add(1, Relaxed) + 1;
        assert!(count < limit, "{count} is too much");
        Ok(count)
    }

    fn around(body: &mut dyn FnMut()) -> bool {
        body();
        true
    }

    fn pin() -> Result<u64, LoadError> {
        Ok(COUNT.load(Relaxed))
    }

    fn so_far() -> u64 {
        COUNT.load(Relaxed)
    }
}

fn load(_: &LoadArg) -> Result<(), HookError> {
    plan::ask("fragile load")?;
    Ok(())
}

fn unload(_: &LoadArg) -> Result<(), HookError> {
    plan::ask("fragile unload")?;
    Ok(())
}
