use dlkm_rt::{LoadError, module};

#[module]
pub unsafe trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
