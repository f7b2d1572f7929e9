//! `counter`: counts its calls.

use std::sync::atomic::{AtomicU64, Ordering};

use dlkm_rt::{LoadArg, LoadError, module};
use scenario_api::Orders;

/// The driver.
pub struct Driver;

static COUNT: AtomicU64 = AtomicU64::new(0);

#[module(desc = "counts", load = load, unload = unload)]
impl scenario_api::Counter for Driver {
    fn count() -> Result<u64, LoadError> {
        Ok(COUNT.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn during(body: &mut dyn FnMut()) -> bool {
        body();
        true
    }

    fn peek() -> u64 {
        COUNT.load(Ordering::Relaxed)
    }

    fn keep() -> Result<u64, LoadError> {
        Self::count()
    }
}

fn load(_: &LoadArg) -> Result<(), LoadError> {
    scenario_api::plan::ask("counter load").map(drop)
}

fn unload(_: &LoadArg) -> Result<(), String> {
    match scenario_api::plan::ask("counter unload") {
        Ok(Orders::Succeed) => Ok(()),
        Ok(Orders::Fail) => Err("still needed".to_owned()),
        Ok(Orders::Panic) => panic!("unload went wrong"),
        Err(error) => Err(error.to_string()),
    }
}
