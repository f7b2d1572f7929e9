use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32, size: usize) -> Result<u32, LoadError>;
}

fn main() {
    shm::shmget("seven", 4096).ok();
    shm::shmget(7).ok();
    let _: u64 = shm::shmget(7, 4096);
    shm::shmat(7);
}
