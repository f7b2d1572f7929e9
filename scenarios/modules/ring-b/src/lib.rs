//! `ring-b`: its load hook needs `ring-a`.

use dlkm_rt::{HookError, LoadArg, LoadError, module};
use scenario_api::{Orders, plan};

/// The driver.
pub struct Driver;

#[module(load = load)]
impl scenario_api::RingB for Driver {
    fn b() -> Result<u64, LoadError> {
        Ok(2)
    }
}

fn load(_: &LoadArg) -> Result<(), HookError> {
    // If two threads load the ring from both ends, both arrive here before either continues.
    if plan::ask("ring")? == Orders::Fail {
        plan::meet()?;
    }
    scenario_api::ring_a::a()?;
    Ok(())
}
