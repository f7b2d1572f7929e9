use dlkm_rt::{LoadError, module};

pub trait Visit {
    fn leaf(&mut self, size: u64);
}

#[module]
pub trait Shm {
    #[ustub]
    fn visit(with: &mut dyn Visit) -> Result<(), LoadError>;
}

fn main() {}
