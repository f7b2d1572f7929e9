use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn write(bytes: impl Iterator<Item = u8>) -> Result<(), LoadError>;

    #[stub]
    fn read(from: &mut impl std::io::Read) -> Result<u64, LoadError>;

    #[stub]
    fn bytes(of: u32) -> Result<impl Iterator<Item = u8>, LoadError>;
}

fn main() {}
