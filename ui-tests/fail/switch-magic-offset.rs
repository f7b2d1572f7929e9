//! A magic number is near the start, and short.

use dlkm_rt::{LoadError, module, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[module(name = "gz", magic = [(200000, b"gz"), b"0123456789012345678901234567890123456789012345678901234567890123456789"])]
impl Codec for Driver {
    fn decode() -> Result<u32, LoadError> {
        Ok(1)
    }
}

fn main() {}
