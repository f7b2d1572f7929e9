use std::error::Error;

use dlkm_rt::{Interface, LoadError, module};

/// Any error at all.
#[derive(Debug, Interface)]
pub struct AnyError(Box<dyn Error + Send + Sync>);

impl From<LoadError> for AnyError {
    fn from(error: LoadError) -> Self {
        AnyError(error.into())
    }
}

#[module]
pub trait Shm {
    #[ustub]
    fn open(name: &str) -> Result<u32, AnyError>;
}

fn main() {}
