use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    const fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
