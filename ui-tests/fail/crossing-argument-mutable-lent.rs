// The module could replace the lent code with its own.
use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
}

#[module]
pub trait Shm {
    #[ustub]
    fn fill<'a>(sink: &mut &'a mut dyn Walk) -> Result<(), LoadError>;
}

fn main() {}
