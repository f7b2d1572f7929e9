use std::io;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn report(error: io::Error) -> Result<(), LoadError>;
}

fn main() {}
