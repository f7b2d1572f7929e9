use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

#[module]
mod driver {
    use super::{LoadError, Shm};

    struct One;
    struct Two;

    #[export]
    impl Shm for One {
        fn shmget(key: u32) -> Result<u32, LoadError> {
            Ok(key)
        }
    }

    #[export]
    impl Shm for Two {
        fn shmget(key: u32) -> Result<u32, LoadError> {
            Ok(key)
        }
    }
}

fn main() {}
