use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(states = "auto loaded")]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

#[module]
pub trait Sem {
    #[stub]
    fn semget(key: u32) -> Result<u32, LoadError>;
}

#[module(states = ["auto", State::Loaded])]
impl Sem for Driver {
    fn semget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
