use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn lines() -> Result<std::vec::IntoIter<String>, LoadError>;
}

fn main() {}
