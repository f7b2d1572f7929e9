use dlkm_rt::interface;

#[interface(name = "shape")]
pub trait Shape {
    fn sides(&self) -> u32;
}

fn main() {}
