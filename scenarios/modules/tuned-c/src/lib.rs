//! `tuned-c`: has a tunable and an interface of ABI C, so another compiler may have built it.
#![deny(unsafe_code, missing_docs, warnings)]

use dlkm_rt::{Tunable, module, tunable};

/// The driver.
pub struct Driver;

#[tunable(dynamic)]
static SIZE: Tunable<u32> = Tunable::new(7);

#[module]
impl scenario_api::TunedC for Driver {
    fn size() -> u32 {
        SIZE.get()
    }
}
