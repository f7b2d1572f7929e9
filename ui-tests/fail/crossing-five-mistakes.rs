// All are reported.
use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
}

pub type Hash = Box<dyn Fn(u64) -> u64>;

pub struct Key(pub u32);

#[module]
pub trait Shm {
    #[ustub]
    fn walk(on: Box<dyn Walk>) -> Result<(), LoadError>;

    #[ustub]
    fn name(of: &u8) -> Result<&'static str, LoadError>;

    #[ustub]
    fn hash() -> Result<Hash, LoadError>;

    #[ustub]
    fn get(key: Key) -> Result<u32, LoadError>;

    #[ustub]
    fn open(name: &str) -> std::io::Result<u32>;

    #[ustub]
    fn sound(name: &str) -> Result<u32, LoadError>;
}

fn main() {}
