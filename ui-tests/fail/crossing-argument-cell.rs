use std::cell::Cell;

use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
}

#[module]
pub trait Shm {
    #[ustub]
    fn fill(first: &Cell<&dyn Walk>) -> Result<(), LoadError>;
}

fn main() {}
