use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(&self, key: u32) -> Result<u32, LoadError>;

    #[stub]
    fn shmctl(self: &Box<Self>, key: u32) -> Result<u32, LoadError>;
}

struct Driver;

#[module]
impl Shm for Driver {
    fn shmget(&self, key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }

    fn shmctl(self: &Box<Self>, key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
