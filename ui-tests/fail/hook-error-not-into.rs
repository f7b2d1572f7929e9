use dlkm_rt::{LoadArg, LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

pub struct Broken;

#[module(load = init)]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn init(_: &LoadArg) -> Result<(), Broken> {
    Err(Broken)
}

fn main() {}
