use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn greet(name: &'static str) -> Result<(), LoadError>;
}

fn main() {}
