//! Extensions have no dot.

use dlkm_rt::{LoadError, module, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[module(name = "gz", extensions = [".gz", gz, "gz", "gz"])]
impl Codec for Driver {
    fn decode() -> Result<u32, LoadError> {
        Ok(1)
    }
}

fn main() {}
