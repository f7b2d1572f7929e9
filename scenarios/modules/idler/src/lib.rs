//! `idler`: is unloaded after 1 ms without a call.

use dlkm_rt::{Held, LoadArg, LoadError, module};
use scenario_api::Orders;

/// The driver.
pub struct Driver;

#[module(idle = "1ms", load = load, unload = unload)]
impl scenario_api::Idler for Driver {
    fn twice(number: u64) -> Result<u64, LoadError> {
        Ok(2 * number)
    }

    fn idler_during(body: &mut dyn FnMut()) -> Result<(), LoadError> {
        body();
        Ok(())
    }

    fn doubler() -> Result<Held<fn(u64) -> u64>, LoadError> {
        Ok(Held::new(|number| 2 * number))
    }

    fn idler_stays() -> Result<(), LoadError> {
        Ok(())
    }
}

fn load(_: &LoadArg) -> Result<(), LoadError> {
    scenario_api::plan::ask("idler load").map(drop)
}

fn unload(_: &LoadArg) -> Result<(), String> {
    match scenario_api::plan::ask("idler unload") {
        Ok(Orders::Succeed) => Ok(()),
        _ => Err("not now".to_owned()),
    }
}
