// What is load-only may return code, but what that takes is an argument again.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn sink() -> Result<Box<dyn Fn(Box<dyn Fn()>)>, LoadError>;
}

fn main() {}
