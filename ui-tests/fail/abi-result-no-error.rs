use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub]
    fn one() -> u32;
}

fn main() {}
