//! The table is a module of Rust.

use dlkm_rt::{LoadError, switch};

#[switch(table = "match")]
pub trait Codec {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

#[switch(table = "a table")]
pub trait Filter {
    #[stub]
    fn filter() -> Result<u32, LoadError>;
}

#[switch(name = "no name")]
pub trait Shape {
    #[stub]
    fn shape() -> Result<u32, LoadError>;
}

fn main() {}
