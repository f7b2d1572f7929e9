// An empty map refers to a static of its image.
use std::collections::HashMap;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn counts() -> Result<HashMap<String, u64>, LoadError>;
}

fn main() {}
