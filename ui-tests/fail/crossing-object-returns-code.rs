use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Visit {
    fn leaf(&mut self, size: u64) -> Option<fn(u64)>;
}

#[module]
pub trait Shm {
    #[stub]
    fn visit(with: &mut dyn Visit) -> Result<(), LoadError>;
}

fn main() {}
