use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: Self) -> Result<Box<Self>, LoadError>;
}

fn main() {}
