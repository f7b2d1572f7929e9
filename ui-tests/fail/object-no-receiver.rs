use dlkm_rt::interface;

#[interface]
pub trait Shape {
    fn most(of: u32) -> u32;
    fn sides(&self) -> u32;
}

fn main() {}
