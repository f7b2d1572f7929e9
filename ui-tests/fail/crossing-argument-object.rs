// Load-only or not: the caller may be a module that can be unloaded.
use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
}

#[module]
pub trait Shm {
    #[stub]
    fn walk(on: Box<dyn Walk>) -> Result<(), LoadError>;
}

fn main() {}
