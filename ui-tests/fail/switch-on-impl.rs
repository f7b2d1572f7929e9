//! A driver of a switch table has `#[module]`.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[switch(keys = ["gz"])]
impl Codec for Driver {
    fn decode() -> Result<u32, LoadError> {
        Ok(1)
    }
}

fn main() {}
