use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn hash() -> Result<fn(&[u8]) -> u64, LoadError>;
}

fn main() {}
