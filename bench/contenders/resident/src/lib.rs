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

/// What `dlsym` alone finds in this very image.
#[unsafe(no_mangle)]
pub extern "C" fn resident_add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}
