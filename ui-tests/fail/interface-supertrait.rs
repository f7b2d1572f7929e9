use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm: Send + Sync {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
