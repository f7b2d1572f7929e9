//! A driver has all functions.

use dlkm_rt::{LoadError, module, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[module(name = "gz", keys = ["gz"])]
impl Codec for Driver {
}

fn main() {}
