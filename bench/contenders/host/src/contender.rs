//! What the contenders are made with.

pub(crate) use own::{contender, of_sum};

/// The function in the plain shared object.
pub(crate) type Plain = extern "C" fn(u64, u64) -> u64;
