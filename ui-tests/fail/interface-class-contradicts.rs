//! A `#[ustub]` lets its module be unloaded, so the interface can't be load-only.

use dlkm_rt::{LoadError, module};

#[module(class = load_only)]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;

    #[ustub]
    fn shmat(id: u32) -> Result<u32, LoadError>;
}

fn main() {}
