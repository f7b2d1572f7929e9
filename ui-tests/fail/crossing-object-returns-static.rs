use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Named {
    fn name(&self) -> &'static str;
}

#[module]
pub trait Shm {
    #[stub]
    fn visit(with: &dyn Named) -> Result<(), LoadError>;
}

fn main() {}
