use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn numbers() -> Result<Box<dyn Iterator<Item = u8>>, LoadError>;
}

fn main() {}
