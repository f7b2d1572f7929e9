// The default value is a static of its image.
use std::sync::Arc;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn name() -> Result<Arc<str>, LoadError>;
}

fn main() {}
