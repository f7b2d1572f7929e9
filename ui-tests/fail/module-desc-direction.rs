use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(desc = "shared \u{202e}memory")]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
