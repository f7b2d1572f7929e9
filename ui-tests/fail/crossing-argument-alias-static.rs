use dlkm_rt::{LoadError, module};

pub type Name = &'static str;

#[module]
pub trait Shm {
    #[stub]
    fn greet(name: Name) -> Result<(), LoadError>;
}

fn main() {}
