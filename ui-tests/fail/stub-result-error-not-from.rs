use dlkm_rt::module;

#[derive(Debug, dlkm_rt::Interface)]
pub struct ShmError;

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, ShmError>;
}

fn main() {}
