// The module could store code of its own, and take the caller's.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn fill(hooks: &mut Vec<Box<dyn Fn()>>) -> Result<(), LoadError>;
}

fn main() {}
