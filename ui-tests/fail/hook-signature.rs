use dlkm_rt::{Errno, LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(load = init, unload = fini)]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn init() -> Result<(), Errno> {
    Ok(())
}

fn fini(_: &dlkm_rt::LoadArg) {}

fn main() {}
