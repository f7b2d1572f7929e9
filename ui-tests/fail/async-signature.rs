use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    async unsafe fn shmget(key: u32) -> Result<u32, LoadError>;

    #[ustub]
    async fn shmat<T>(key: T) -> Result<u32, LoadError>;

    #[ustub]
    async fn shmdt(key: u32);

    #[ustub]
    async fn shmctl(one: &str, other: &str) -> Result<&str, LoadError>;
}

pub struct Driver;

// The driver gets no second error for the mistakes of the interface.
#[module]
impl Shm for Driver {
    async unsafe fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }

    async fn shmat<T>(_: T) -> Result<u32, LoadError> {
        Ok(0)
    }

    async fn shmdt(_: u32) {}

    async fn shmctl<'a>(one: &'a str, _: &'a str) -> Result<&'a str, LoadError> {
        Ok(one)
    }
}

fn main() {}
