use std::sync::{Mutex, MutexGuard};

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn lock(of: &Mutex<u8>) -> Result<MutexGuard<'_, u8>, LoadError>;
}

fn main() {}
