// An interface and its driver, both `unsafe`.
use dlkm_rt::{LoadError, module};

#[module]
pub unsafe trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module]
unsafe impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
