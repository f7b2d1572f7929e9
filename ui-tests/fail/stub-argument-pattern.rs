use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget((key, size): (u32, usize)) -> Result<u32, LoadError>;

    #[stub]
    fn shmctl(mut command: u32) -> Result<u32, LoadError>;
}

fn main() {
    let _ = shm::shmget((7, 4096));
}
