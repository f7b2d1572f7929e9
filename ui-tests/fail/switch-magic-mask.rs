//! A mask is of the bytes.

use dlkm_rt::{LoadError, module, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

struct Driver;

#[module(name = "gz", magic = [b"", (0, b"\xff", b"gz"), (0, b"\x00\x00", b"\x00\x00"), (0, b"\x0f\xff", b"\xf0z")])]
impl Codec for Driver {
    fn decode() -> Result<u32, LoadError> {
        Ok(1)
    }
}

fn main() {}
