// The module would give its code to the caller.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn each(then: &dyn Fn(Box<dyn Fn()>)) -> Result<(), LoadError>;
}

fn main() {}
