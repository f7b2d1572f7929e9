//! The table and the trait have names of their own.

use dlkm_rt::{LoadError, switch};

#[allow(non_camel_case_types)]
#[switch(table = "codec")]
pub trait codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

fn main() {}
