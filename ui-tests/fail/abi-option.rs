use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = none)]
    fn first() -> Option<u32>;
}

fn none() -> Option<u32> {
    None
}

fn main() {}
