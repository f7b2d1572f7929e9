//! The module behind the load-only interface.

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl bench_api::Resident for Driver {
    fn add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }

    fn try_add(a: u64, b: u64) -> Result<u64, LoadError> {
        Ok(a.wrapping_add(b))
    }

    fn weak_add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
}

/// The function that plain `dlsym` finds in this image.
#[unsafe(no_mangle)]
pub extern "C" fn resident_add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}
