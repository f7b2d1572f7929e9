//! Keys are texts.

use dlkm_rt::{LoadError, module, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[module(name = "gz", keys = [gz, 1, "", "g z", "gz", "gz", "a/b"])]
impl Codec for Driver {
    fn decode() -> Result<u32, LoadError> {
        Ok(1)
    }
}

fn main() {}
