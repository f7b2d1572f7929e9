use dlkm_rt::{LoadError, module};

pub type Name = &'static str;

#[module]
pub trait Shm {
    #[ustub]
    fn name() -> Result<Name, LoadError>;
}

fn main() {}
