//! Only the table makes entries.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode(text: &str) -> Result<u32, LoadError>;
}

fn main() {
    let entry = codecsw::get("gz").unwrap();
    let _ = codecsw::Entry(entry);
    let codecsw::Entry(_) = entry;
}
