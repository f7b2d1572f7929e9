use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver<T>(pub T);

#[module(
    name = "shm",
    kind = "System V",
    version = "first",
    states = [auto, autoload],
    depends = [sem, "shm"],
    load = "init",
    author = "nobody",
)]
unsafe impl<T> Shm for Driver<T> {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

fn main() {}
