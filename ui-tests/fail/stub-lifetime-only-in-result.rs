use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn name<'a>(of: u32) -> Result<&'a str, LoadError>;
}

fn main() {
    let _ = shm::name(7);
}
