//! Without a `#[ustub]`, the module can never be unloaded.

use dlkm_rt::{LoadError, module};

#[module(on_panic = unload)]
pub trait Stays {
    #[stub]
    fn stay() -> Result<u8, LoadError>;

    #[wstub(or = none)]
    fn peek() -> u8;
}

fn none() -> u8 {
    0
}

fn main() {}
