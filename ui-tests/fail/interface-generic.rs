use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm<T> {
    #[stub]
    fn shmget(key: T) -> Result<u32, LoadError>;
}

fn main() {}
