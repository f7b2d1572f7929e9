use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = none)]
    fn count(text: &str) -> usize;

    #[stub(or = nobody)]
    fn greet(name: String);
}

fn none(_: &str) -> usize {
    0
}

fn nobody(_: String) {}

fn main() {}
