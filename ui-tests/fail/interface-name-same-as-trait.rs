#![allow(non_camel_case_types)]

use dlkm_rt::{LoadError, module};

#[module]
pub trait shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

fn main() {}
