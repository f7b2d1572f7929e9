use dlkm_rt::interface;

#[interface]
pub trait Shape {
    fn same(&self, other: &Self) -> bool;
    fn copy(&self) -> Box<Self>;
}

fn main() {}
