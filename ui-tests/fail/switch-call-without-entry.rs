//! The functions are those of an entry.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode(text: &str) -> Result<u32, LoadError>;
}

fn main() {
    let _ = codecsw::decode("text");
}
