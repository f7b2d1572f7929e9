use dlkm_rt::{LoadError, module};

#[module(abi = "C")]
pub trait Calc {
    #[stub]
    fn divide(a: u32, b: u32) -> Result<u32, LoadError>;
}

fn main() {}
