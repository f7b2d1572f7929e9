//! `top`: depends on `counter`, and is also linked with that driver's crate. An image is the module
//! of its last crate.

use dlkm_rt::{LoadArg, LoadError, module};
use scenario_counter as _;

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
