use dlkm_rt::{Interface, LoadError, module};

#[derive(Interface)]
pub struct Both<A> {
    pub first: A,
    pub second: A,
}

#[module]
pub trait Shm {
    #[ustub]
    fn both() -> Result<Both<&'static str>, LoadError>;
}

fn main() {}
