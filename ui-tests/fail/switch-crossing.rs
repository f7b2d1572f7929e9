//! What crosses is checked as for any interface.

use dlkm_rt::{LoadError, switch};

pub struct Own;

#[switch]
pub trait Codec {
    #[stub]
    fn decode(own: Own) -> Result<u32, LoadError>;
    #[ustub]
    fn encode() -> Result<std::collections::HashMap<u32, u32>, LoadError>;
}

fn main() {}
