use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn ask(name: &dyn Fn(&str) -> &'static str) -> Result<(), LoadError>;
}

fn main() {}
