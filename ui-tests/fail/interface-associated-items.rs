use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    type Id;
    const LIMIT: usize = 8;

    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {
    let _ = shm::shmget(7);
}
