//! A switch table has no parameters.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec<T> {
    #[stub]
    fn decode() -> Result<u32, LoadError>;
}

#[switch]
pub trait Filter: Send {
    #[stub]
    fn filter() -> Result<u32, LoadError>;
}

#[switch]
pub trait Shape {
    const CORNERS: u32;
    #[stub]
    fn corners<T>(of: T) -> Result<u32, LoadError>;
}

fn main() {}
