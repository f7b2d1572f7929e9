//! An entry has methods of its own.

use dlkm_rt::{LoadError, switch};

#[switch]
pub trait Codec {
    #[stub]
    fn module() -> Result<u32, LoadError>;
    #[stub]
    fn keys() -> Result<u32, LoadError>;
    #[stub]
    fn number() -> Result<u32, LoadError>;
    #[stub]
    fn desc() -> Result<u32, LoadError>;
    #[stub]
    fn is_loaded() -> Result<bool, LoadError>;
}

fn main() {}
