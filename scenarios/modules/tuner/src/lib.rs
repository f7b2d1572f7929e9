//! `tuner`: its tunables are in expressions of the system file, for other modules.
#![deny(unsafe_code, missing_docs, warnings)]

use dlkm_rt::{LoadError, Tunable, module, tunable};

/// The driver.
pub struct Driver;

#[tunable(desc = "how many", range = ..=1000)]
static COUNT: Tunable<u32> = Tunable::new(5);

#[tunable(name = "per-unit", desc = "how large each is", dynamic)]
static PER_UNIT: Tunable<u32> = Tunable::new(16);

#[tunable]
static NAME: Tunable<&str> = Tunable::new("none");

#[module]
impl scenario_api::Tuner for Driver {
    fn tuner() -> Result<String, LoadError> {
        let name = NAME.get();
        Ok(format!("{} {} {name}", COUNT.get(), PER_UNIT.get()))
    }
}
