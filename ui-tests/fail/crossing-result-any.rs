use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn any() -> Result<Box<dyn std::any::Any>, LoadError>;
}

fn main() {}
