//! Magic numbers are bytes.

use dlkm_rt::{LoadError, module, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[module(name = "gz", magic = ["gz", gz, 7, (), (0), (0, 1), (b"gz"), (0, b"gz", b"gz", b"gz"), b"g" b"z", (-1, b"gz")])]
impl Codec for Driver {
    fn decode() -> Result<u32, LoadError> {
        Ok(1)
    }
}

fn main() {}
