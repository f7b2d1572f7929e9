//! An interface of one function.

/// Adds.
#[dlkm_rt::module]
pub trait One {
    /// Strong.
    #[stub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;
}

fn wrong(_: u64, _: u64) -> u64 {
    0
}
