// The caller would give its code to the module.
use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn ask(make: &dyn Fn() -> Box<dyn Fn()>) -> Result<(), LoadError>;
}

fn main() {}
