//! The trait is not for objects.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode(text: &str) -> Result<u32, LoadError>;
}

fn main() {
    fn of(codec: &dyn Codec) {}
}
