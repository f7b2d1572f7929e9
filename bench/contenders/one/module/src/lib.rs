//! The module of one function: as little as an image can have.

/// The driver.
pub struct Driver;

#[dlkm_rt::module(name = "one")]
impl one_api::One for Driver {
    fn add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
}
