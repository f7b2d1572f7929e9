// An `Arc` can be cloned and kept.
use std::sync::Arc;

use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
}

#[module]
pub trait Shm {
    #[stub]
    fn walk(on: &Arc<dyn Walk>) -> Result<(), LoadError>;
}

fn main() {}
