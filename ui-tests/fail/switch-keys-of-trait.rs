//! The keys of a trait are those of an interface, and `table`.

use dlkm_rt::{LoadError, switch};

#[switch(keys = ["gz"], kind = "codec", abi = "C", table = codecs)]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

fn main() {}
