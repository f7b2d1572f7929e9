use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm<'a> {
    #[stub]
    fn shmget(key: &'a str) -> Result<u32, LoadError>;
}

fn main() {}
