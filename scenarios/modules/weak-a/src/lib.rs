//! `weak-a`: calls a weak stub of `weak-b`, which leads on in a circle.

use dlkm_rt::module;

/// The driver.
pub struct Driver;

#[module(weak = ["weak-b"])]
impl scenario_api::WeakA for Driver {
    fn walk_a(steps: u32) -> u32 {
        match steps {
            0 => 0,
            _ => 1 + scenario_api::weak_b::walk_b(steps - 1),
        }
    }
}
