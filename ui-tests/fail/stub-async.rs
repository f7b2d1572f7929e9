use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    async fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
