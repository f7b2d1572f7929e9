use dlkm_rt::{LoadError, module};

pub type Hash = Box<dyn Fn(u64) -> u64 + Send>;

#[module]
pub trait Shm {
    #[ustub]
    fn hash() -> Result<Hash, LoadError>;
}

fn main() {}
