// A trait without `#[module]`.
use dlkm_rt::module;

pub trait Describe {
    fn describe(&self) -> String;
}

pub struct Driver;

#[module(name = "driver")]
impl self::Describe for Driver {
    fn describe(&self) -> String {
        "driver".to_owned()
    }
}

fn main() {}
