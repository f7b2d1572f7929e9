//! One of many modules.

use std::cell::RefCell;

/// The driver.
pub struct Driver;

thread_local!(static CALLS: RefCell<String> = const { RefCell::new(String::new()) });

#[dlkm_rt::module]
impl growth_api::G0000 for Driver {
    fn add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }

    fn local() -> u64 {
        // With a destructor, but without a block of its own.
        let calls = CALLS.with_borrow(String::len);
        let name = std::thread::current().name().map_or(0, str::len);
        1 + (calls + name).min(1) as u64
    }
}
