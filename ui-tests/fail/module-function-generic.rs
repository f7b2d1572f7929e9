use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn read(from: &mut dyn std::io::Read) -> Result<u64, LoadError>;
}

pub struct Driver;

#[module]
impl Shm for Driver {
    fn read<R: std::io::Read>(from: &mut R) -> Result<u64, LoadError> {
        let _ = from;
        Ok(0)
    }
}

fn main() {}
