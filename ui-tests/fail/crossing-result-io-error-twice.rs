// Both are reported.
use std::io;

use dlkm_rt::module;

#[module]
pub trait Shm {
    #[ustub]
    fn open(name: &str) -> io::Result<u32>;

    #[ustub]
    fn size(of: u32) -> io::Result<u64>;
}

fn main() {}
