// One function is broken; calls of the other are still checked against its signature.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32, size: usize) -> Result<u32, LoadError>;

    #[wstub]
    fn shmexit(pid: u32);
}

fn main() {
    let _ = shm::shmget(7, 4096);
    shm::shmget("seven", 4096).ok();
    shm::shmget(7).ok();
    shm::shmexit(1);
}
