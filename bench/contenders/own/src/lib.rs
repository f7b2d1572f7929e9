//! The calls through dlkm that are measured.

mod contenders;
pub mod place;

pub use contenders::{all, contender, of_sum, switches};

// Nothing else names the module, and an unnamed dependency is not linked.
use linked as _;
