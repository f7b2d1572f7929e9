// A result that borrows from an argument may still be an object of the module.
use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
}

#[module]
pub trait Shm {
    #[ustub]
    fn walk<'a>(of: &'a mut u8) -> Result<&'a mut dyn Walk, LoadError>;
}

fn main() {}
