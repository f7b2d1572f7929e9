use dlkm_rt::{LoadError, module};

#[module(name = shm)]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

#[module(name = 5)]
pub trait Sem {
    #[stub]
    fn semget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
