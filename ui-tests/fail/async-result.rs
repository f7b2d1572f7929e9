use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    async fn shmget(key: u32) -> u32;

    #[ustub]
    async fn shmat(key: u32) -> Result<std::thread::ThreadId, LoadError>;
}

fn main() {}
