use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    fn start() -> Result<std::thread::JoinHandle<()>, LoadError>;
}

fn main() {}
