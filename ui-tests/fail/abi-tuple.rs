use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = none)]
    fn swap(pair: (u32, u8)) -> u32;
}

fn none(_: (u32, u8)) -> u32 {
    0
}

fn main() {}
