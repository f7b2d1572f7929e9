use dlkm_rt::interface;

#[interface(crate = "dlkm_rt", name = "shape")]
pub trait Shape: Sized {
    type Unit;
    fn new() -> Self;
    async fn area<T>(self, unit: T) -> Self::Unit;
    fn sides(&self) -> u32;
}

fn main() {}
