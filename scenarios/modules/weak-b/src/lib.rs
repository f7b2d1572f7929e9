//! `weak-b`: calls a weak stub of `weak-c`, which leads on in a circle.

use dlkm_rt::module;

/// The driver.
pub struct Driver;

#[module(weak = ["weak-c"])]
impl scenario_api::WeakB for Driver {
    fn walk_b(steps: u32) -> u32 {
        match steps {
            0 => 0,
            _ => 1 + scenario_api::weak_c::walk_c(steps - 1),
        }
    }
}
