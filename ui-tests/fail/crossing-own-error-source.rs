use std::io;

use dlkm_rt::{Interface, LoadError, module};

#[derive(Debug, Interface)]
pub enum Failure {
    Load(LoadError),
    Io { path: String, source: io::Error },
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure::Load(error)
    }
}

#[module]
pub trait Shm {
    #[ustub]
    fn open(name: &str) -> Result<u32, Failure>;
}

fn main() {}
