use std::io;

use dlkm_rt::module;

#[module]
pub trait Shm {
    #[ustub]
    fn open(name: &str) -> io::Result<u32>;
}

fn main() {}
