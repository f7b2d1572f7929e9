// A hook is a plain function.
use dlkm_rt::{Errno, LoadArg, LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

impl Driver {
    fn init(&self, _: &LoadArg) -> Result<(), Errno> {
        Ok(())
    }
}

#[module(load = Driver::init)]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
