use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

#[module]
mod driver {
    struct Driver;

    #[cfg(windows)]
    #[export]
    impl super::Shm for Driver {
        fn shmget(key: u32) -> Result<u32, super::LoadError> {
            Ok(key)
        }
    }
}

fn main() {}
