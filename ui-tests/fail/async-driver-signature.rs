use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    async fn shmget(key: u32) -> Result<u32, LoadError>;

    #[ustub]
    async fn shmat(key: u32) -> Result<u32, LoadError>;

    #[ustub]
    async fn shmdt(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module]
impl Shm for Driver {
    async fn shmget(key: u64) -> Result<u32, LoadError> {
        Ok(key as u32)
    }

    async fn shmat(key: u32) -> Result<u64, LoadError> {
        Ok(key.into())
    }

    fn shmdt(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
