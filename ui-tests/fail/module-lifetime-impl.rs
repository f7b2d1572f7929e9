use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver<'a>(pub &'a str);

#[module]
impl<'a> Shm for Driver<'a> {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
