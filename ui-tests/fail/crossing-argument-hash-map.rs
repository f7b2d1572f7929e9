use std::collections::HashMap;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn count(words: &mut HashMap<String, u64>) -> Result<(), LoadError>;
}

fn main() {}
