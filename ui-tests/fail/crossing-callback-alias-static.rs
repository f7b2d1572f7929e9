use dlkm_rt::{LoadError, module};

pub type Name = &'static str;

#[module]
pub trait Shm {
    #[ustub]
    fn each(then: &dyn Fn(&str, Name)) -> Result<(), LoadError>;
}

fn main() {}
