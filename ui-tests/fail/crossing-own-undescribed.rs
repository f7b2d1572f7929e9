use dlkm_rt::{LoadError, module};

pub struct Key(pub u32);

#[module]
pub trait Shm {
    #[ustub]
    fn get(key: Key) -> Result<u32, LoadError>;
}

fn main() {}
