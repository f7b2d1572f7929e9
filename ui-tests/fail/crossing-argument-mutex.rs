use std::sync::Mutex;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn fill(hooks: &Mutex<Option<fn()>>) -> Result<(), LoadError>;
}

fn main() {}
