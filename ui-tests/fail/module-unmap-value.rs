use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(unmap = true)]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

#[module(unmap)]
pub trait Sem {
    #[ustub]
    fn semget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
