//! `faulty`: hooks that do what the host's plan says.

use dlkm_rt::{Errno, HookError, LoadArg, LoadError, module};
use scenario_api::{Orders, plan};

/// The driver.
pub struct Driver;

#[module(load = load, unload = unload, depends = ["top"])]
impl scenario_api::Faulty for Driver {
    fn seven() -> Result<u64, LoadError> {
        Ok(7)
    }
}

fn load(_: &LoadArg) -> Result<(), HookError> {
    obey("faulty load")
}

fn unload(_: &LoadArg) -> Result<(), HookError> {
    obey("faulty unload")
}

fn obey(hook: &str) -> Result<(), HookError> {
    match plan::ask(hook)? {
        Orders::Succeed => Ok(()),
        Orders::Fail => Err(Errno::ENODEV.into()),
        Orders::Panic => panic!("{hook} went wrong"),
    }
}
