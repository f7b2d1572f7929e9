use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn each(then: &mut dyn FnMut(&'static str)) -> Result<(), LoadError>;
}

fn main() {}
