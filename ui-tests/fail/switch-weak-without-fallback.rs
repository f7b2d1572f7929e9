//! A weak function needs a fallback.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[wstub]
    fn calls() -> u64;
    #[stub]
    fn decode() -> u64;
}

fn main() {}
