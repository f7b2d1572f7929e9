//! `subscriber`: its load hook registers a callback with the host, and its unload hook unregisters
//! it.

use dlkm_rt::{Errno, Held, HookError, LoadArg, LoadError, module};
use scenario_api::{Adder, Orders, plan, registry};

/// The driver.
pub struct Driver;

#[module(load = load, unload = unload)]
impl scenario_api::Subscriber for Driver {
    fn five() -> Result<u64, LoadError> {
        Ok(5)
    }

    fn adding(more: u64) -> Result<Held<Adder>, LoadError> {
        Ok(Held::new(Box::new(move |number| number + more)))
    }
}

fn load(_: &LoadArg) -> Result<(), HookError> {
    registry::register("subscriber", Held::new(Box::new(|number| number + 5)))?;
    match plan::ask("subscriber load")? {
        Orders::Succeed => Ok(()),
        _ => Err(Errno::ENODEV.into()),
    }
}

fn unload(_: &LoadArg) -> Result<(), HookError> {
    match plan::ask("subscriber unload")? {
        Orders::Succeed => {
            registry::unregister("subscriber")?;
            Ok(())
        }
        // Leaves the callback registered.
        _ => Ok(()),
    }
}
