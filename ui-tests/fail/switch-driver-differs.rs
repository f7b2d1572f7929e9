//! A driver has the functions of the trait.

use dlkm_rt::{LoadError, module, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[module(name = "gz", keys = ["gz"])]
impl Codec for Driver {
    fn decode(level: u8) -> Result<u32, LoadError> {
        Ok(level.into())
    }

    fn encode() {}
}

fn main() {}
