//! Adds.

use dlkm_rt::module;
use stubs_api::Held;

/// The driver.
pub struct Driver;

#[module]
impl Held for Driver {
    fn held_add(a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }
}
