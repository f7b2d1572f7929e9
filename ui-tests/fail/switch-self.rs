//! A function of a switch table takes no `self`: its entry is the object.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn decode(&self) -> Result<u32, LoadError>;
}

fn main() {}
