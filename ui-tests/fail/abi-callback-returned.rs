use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[ustub(or = nobody)]
    fn hook() -> Option<unsafe extern "C" fn()>;
}

fn nobody() -> Option<unsafe extern "C" fn()> {
    None
}

fn main() {}
