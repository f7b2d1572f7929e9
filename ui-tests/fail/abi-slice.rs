use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = none)]
    fn sum(values: &[u32], more: Vec<u32>) -> u32;
}

fn none(_: &[u32], _: Vec<u32>) -> u32 {
    0
}

fn main() {}
