use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    unsafe fn shmget(key: *const u32) -> Result<u32, LoadError>;
}

fn main() {}
