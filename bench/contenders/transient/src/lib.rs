//! The module behind the unloadable interface.

use dlkm_rt::module;

/// The driver.
pub struct Driver;

#[module]
impl bench_api::Transient for Driver {
    fn add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }

    fn weak_add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
}
