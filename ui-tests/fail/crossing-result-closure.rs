use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn hash() -> Result<Box<dyn Fn(&[u8]) -> u64>, LoadError>;
}

fn main() {}
