use std::error::Error;

use dlkm_rt::module;

#[module]
pub trait Shm {
    #[ustub]
    fn open(name: &str) -> Result<u32, Box<dyn Error + Send + Sync>>;
}

fn main() {}
