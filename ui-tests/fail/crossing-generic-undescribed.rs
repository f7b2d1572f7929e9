use dlkm_rt::{Interface, LoadError, module};

#[derive(Interface)]
pub struct Both<A, B> {
    pub first: A,
    pub second: B,
}

pub struct Key(pub u32);

#[module]
pub trait Shm {
    #[ustub]
    fn both() -> Result<Both<u8, Key>, LoadError>;
}

fn main() {}
