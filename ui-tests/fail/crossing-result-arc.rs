use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
}

#[module]
pub trait Shm {
    #[ustub]
    fn walk() -> Result<std::sync::Arc<dyn Walk + Send + Sync>, LoadError>;
}

fn main() {}
