use dlkm_rt::{LoadError, module};

#[module(on_panic = fallback)]
pub trait Shm {
    #[ustub]
    async fn shmget(key: u32) -> Result<u32, LoadError>;

    #[ustub(or = none)]
    async fn shmat(key: u32) -> u32;
}

async fn none(_: u32) -> u32 {
    0
}

fn main() {}
