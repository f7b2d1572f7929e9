use dlkm_rt::{LoadError, interface, module};

#[interface]
pub trait Named {
    fn rename(&self, number: &u8, name: &'static str);
}

#[module]
pub trait Shm {
    #[ustub]
    fn visit(with: &dyn Named) -> Result<(), LoadError>;
}

fn main() {}
