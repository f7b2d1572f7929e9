use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub]
    fn reset();
}

fn main() {}
