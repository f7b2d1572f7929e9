// A load-only module may return code, but here the caller could store its own.
use std::sync::Mutex;

use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn hooks() -> Result<Mutex<Vec<Box<dyn Fn() + Send>>>, LoadError>;
}

fn main() {}
