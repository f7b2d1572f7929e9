use dlkm_rt::{Interface, LoadError, module};

#[derive(Interface)]
pub struct Both<A, B> {
    pub first: A,
    pub second: B,
}

#[module]
pub trait Shm {
    #[ustub]
    fn both() -> Result<Both<u8, Box<dyn FnOnce()>>, LoadError>;
}

fn main() {}
