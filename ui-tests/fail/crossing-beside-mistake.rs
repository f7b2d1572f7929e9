// Mistakes of the interface itself are reported first.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn walk(&self, on: Box<dyn Fn()>) -> Result<Key, LoadError>;

    #[ustub]
    fn get(key: Key) -> Result<u32, LoadError>;
}

pub struct Key(pub u32);

fn main() {}
