use dlkm_rt::{LoadError, module};

pub struct Key(pub u32);

#[module]
pub trait Shm {
    #[ustub]
    fn each(then: &dyn Fn(&Key)) -> Result<(), LoadError>;
}

fn main() {}
