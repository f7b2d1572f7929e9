// A function pointer can be copied and kept.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn sort(by: &fn(&str) -> u64) -> Result<(), LoadError>;
}

fn main() {}
