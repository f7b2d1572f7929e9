// The interface is broken; its driver is not, and gets no error.
use dlkm_rt::{LoadError, module};

#[module(name = "shared memory")]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;

    #[wstub]
    fn shmexit(pid: u32);
}

pub struct Driver;

#[module(name = "shm", desc = "shared memory")]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }

    fn shmexit(_: u32) {}
}

#[module]
mod other {
    use dlkm_rt::LoadError;

    struct Other;

    #[export]
    impl super::Shm for Other {
        fn shmget(key: u32) -> Result<u32, LoadError> {
            Ok(key)
        }

        fn shmexit(_: u32) {}
    }
}

fn main() {}
