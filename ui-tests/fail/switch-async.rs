//! A function of a switch table is not async.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[ustub]
    async fn decode(text: String) -> Result<u32, LoadError>;
}

fn main() {}
