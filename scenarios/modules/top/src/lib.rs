//! `top`: depends on `counter`.

use dlkm_rt::{LoadArg, LoadError, module};

/// The driver.
pub struct Driver;

#[module(load = load, depends = ["counter"])]
impl scenario_api::Top for Driver {
    fn top() -> Result<u64, LoadError> {
        scenario_api::counter::count()
    }
}

fn load(_: &LoadArg) -> Result<(), LoadError> {
    scenario_api::plan::ask("top load").map(drop)
}
