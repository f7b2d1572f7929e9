use dlkm_rt::{LoadError, module};

pub struct Driver;

#[module]
impl shm_api::Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
