use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

struct Driver;

// The author relies on the body, so the driver lacks nothing.
#[module]
impl Shm for Driver {}

fn main() {
    let _ = shm::shmget(7);
}
