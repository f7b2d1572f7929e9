use dlkm_rt::{Errno, LoadArg, LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

#[module]
pub trait Sem {
    #[ustub]
    fn semget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(save = save)]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

// It does not return bytes.
fn save(_: &LoadArg) -> Result<String, Errno> {
    Ok(String::new())
}

#[module(save = leave)]
impl Sem for Driver {
    fn semget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn leave() -> Vec<u8> {
    Vec::new()
}

fn main() {}
