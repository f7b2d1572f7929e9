use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;
}

#[module(name = "driver", kind = "Misc", depends = ["driver"], load = init())]
mod driver {
    use super::{LoadError, Shm};

    pub struct Driver<T>(pub T);

    #[export]
    unsafe impl<T> Shm for Driver<T> {
        fn shmget(key: u32) -> Result<u32, LoadError> {
            Ok(key)
        }
    }

    #[export]
    impl Driver<u8> {
        #[export]
        pub fn shmctl(self) -> u8 {
            self.0
        }
    }

    mod inner {
        use super::super::{LoadError, Shm};

        #[export]
        impl Shm for () {
            fn shmget(key: u32) -> Result<u32, LoadError> {
                Ok(key)
            }
        }
    }
}

fn main() {
    driver::Driver(8).shmctl();
}
