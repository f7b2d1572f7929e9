use dlkm_rt::module;

#[module(abi = "D")]
pub trait Calc {
    #[stub(or = none)]
    fn one() -> u8;
}

fn none() -> u8 {
    0
}

fn main() {}
