use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn name() -> Result<&'static str, LoadError>;
}

fn main() {}
