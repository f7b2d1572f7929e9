//! Adds.

use dlkm_rt::module;
use stubs_api::Added;

/// The driver.
pub struct Driver;

#[module]
impl Added for Driver {
    fn added_add(a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }
}
