use dlkm_rt::{LoadError, module};

pub struct Driver;

#[module(name = "shm")]
impl Driver {
    pub fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {
    let _ = Driver::shmget(7);
}
