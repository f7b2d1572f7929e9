use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn write<T>(value: T) -> Result<(), LoadError>;

    #[stub]
    fn fill<const N: usize>(bytes: [u8; N]) -> Result<(), LoadError>;

    #[stub]
    fn both<'a, 'b: 'a, T: Clone>(one: &'a T, two: &'b T) -> Result<(), LoadError>;
}

fn main() {
    let _ = shm::write(7);
}
