//! `weak-c`: calls a weak stub of `weak-a`, which leads on in a circle.

use dlkm_rt::module;

/// The driver.
pub struct Driver;

#[module(weak = ["weak-a"])]
impl scenario_api::WeakC for Driver {
    fn walk_c(steps: u32) -> u32 {
        match steps {
            0 => 0,
            _ => 1 + scenario_api::weak_a::walk_a(steps - 1),
        }
    }
}
