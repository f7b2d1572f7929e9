// A load-only module may return code, but the arguments of that code are arguments again.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn sink() -> Result<Box<dyn Fn(Box<dyn Fn()>)>, LoadError>;
}

fn main() {}
