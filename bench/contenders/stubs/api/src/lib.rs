//! Interfaces of ABI C, each with one function that adds.

use dlkm_rt::module;

/// Load-only.
#[module(name = "added", abi = "C")]
pub trait Added {
    /// The sum.
    #[stub(or = none)]
    fn added_add(a: i64, b: i64) -> i64;
}

/// Unloadable.
#[module(name = "held", abi = "C")]
pub trait Held {
    /// The sum.
    #[ustub(or = none)]
    fn held_add(a: i64, b: i64) -> i64;
}

fn none(_: i64, _: i64) -> i64 {
    0
}
