use dlkm_rt::{Interface, interface};

pub struct Handle;

#[interface]
pub trait Source<T> {
    fn next(&mut self) -> Option<T>;
}

#[derive(Interface)]
pub struct All {
    pub handles: Box<dyn Source<Handle>>,
}

fn main() {}
