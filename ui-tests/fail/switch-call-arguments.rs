//! The arguments are those of the trait.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode(text: &str) -> Result<u32, LoadError>;
}

fn main() {
    let entry = codecsw::get("gz").unwrap();
    let _ = entry.decode();
    let _ = entry.decode(7);
    let _: u32 = entry.decode("text");
}
