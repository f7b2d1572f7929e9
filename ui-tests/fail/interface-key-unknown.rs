use dlkm_rt::{LoadError, module};

#[module(nmae = "shm", kind = "misc")]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
