use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Visit {
    fn leaf(&mut self, size: u64);
    fn later(&mut self, then: Box<dyn FnOnce()>);
}

#[module]
pub trait Shm {
    #[ustub]
    fn visit(with: &mut dyn Visit) -> Result<(), LoadError>;
}

fn main() {}
