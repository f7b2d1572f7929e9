use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Named {
    fn make(&self) -> Box<dyn Fn()>;
}

#[interface]
pub trait Visit: Named {
    fn leaf(&mut self, size: u64);
}

#[module]
pub trait Shm {
    #[stub]
    fn visit(with: &mut dyn Visit) -> Result<(), LoadError>;
}

fn main() {}
