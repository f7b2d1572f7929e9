use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = none)]
    extern "C" fn one() -> u8;
}

extern "C" fn none() -> u8 {
    0
}

fn main() {}
