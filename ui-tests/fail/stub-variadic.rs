use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    unsafe extern "C" fn shmctl(key: u32, _: ...) -> Result<u32, LoadError>;
}

fn main() {}
