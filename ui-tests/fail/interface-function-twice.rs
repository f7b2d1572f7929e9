use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;

    #[stub]
    fn shmget(key: u32, size: usize) -> Result<u32, LoadError>;
}

fn main() {}
