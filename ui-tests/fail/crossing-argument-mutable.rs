// The module could put code of its own in, and take the caller's out.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn fill(hooks: &mut Vec<Box<dyn Fn()>>) -> Result<(), LoadError>;
}

fn main() {}
