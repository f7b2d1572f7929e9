use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(save = save())]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

#[module]
pub trait Sem {
    #[ustub]
    fn semget(key: u32) -> Result<u32, LoadError>;
}

#[module(save = "save")]
impl Sem for Driver {
    fn semget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
