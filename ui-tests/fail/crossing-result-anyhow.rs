// The crate of that name declares them so.
mod anyhow {
    pub struct Error(pub Box<dyn std::error::Error + Send + Sync>);

    impl From<dlkm_rt::LoadError> for Error {
        fn from(error: dlkm_rt::LoadError) -> Self {
            Error(error.into())
        }
    }

    pub type Result<T, E = Error> = std::result::Result<T, E>;
}

use anyhow::Result;
use dlkm_rt::module;

#[module]
pub trait Shm {
    #[ustub]
    fn open(name: &str) -> Result<u32>;
}

fn main() {}
