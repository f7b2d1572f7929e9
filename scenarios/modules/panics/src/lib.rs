//! `panics`: panics with payloads of several types.

use dlkm_rt::module;
use scenario_api::Panic;

/// The driver.
pub struct Driver;

struct Vicious;

impl Drop for Vicious {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[module]
impl scenario_api::Panics for Driver {
    fn panic(how: Panic) -> u64 {
        match how {
            Panic::No => 1,
            Panic::Str => panic!("a plain text"),
            Panic::String => panic!("formatted: {how:?}"),
            Panic::Number => std::panic::panic_any(17),
            Panic::Vicious => std::panic::panic_any(Vicious),
        }
    }
}
