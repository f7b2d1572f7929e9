//! Each function says what a call without the module does.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    fn decode() -> Result<u32, LoadError>;
    #[stub]
    #[wstub]
    fn encode() -> Result<u32, LoadError>;
}

fn main() {}
