use dlkm_rt::{LoadError, module};

mod shm {}

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
