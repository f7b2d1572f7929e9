//! `on_panic` takes one of three words.

use dlkm_rt::{LoadError, module};

#[module(on_panic = ignore)]
pub trait One {
    #[ustub]
    fn one() -> Result<u8, LoadError>;
}

#[module(on_panic = "unload")]
pub trait Two {
    #[ustub]
    fn two() -> Result<u8, LoadError>;
}

#[module(on_panic = [fallback, unload])]
pub trait Three {
    #[ustub]
    fn three() -> Result<u8, LoadError>;
}

fn main() {}
