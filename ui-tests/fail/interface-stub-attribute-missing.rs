use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {
    let _: Result<u32, LoadError> = shm::shmget(7);
}
