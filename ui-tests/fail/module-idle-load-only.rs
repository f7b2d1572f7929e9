use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

#[module]
pub trait Sem {
    #[ustub]
    fn semget(key: u32) -> Result<u32, LoadError>;
}

pub struct Driver;

#[module(idle = "30s")]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }
}

#[module(idle = "1min")]
mod both {
    use super::{LoadError, Sem, Shm};

    struct Driver;

    #[export]
    impl Sem for Driver {
        fn semget(key: u32) -> Result<u32, LoadError> {
            Ok(key)
        }
    }

    #[export]
    impl Shm for Driver {
        fn shmget(key: u32) -> Result<u32, LoadError> {
            Ok(key)
        }
    }
}

fn main() {}
