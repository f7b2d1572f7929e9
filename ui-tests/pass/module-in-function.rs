// A module may be declared in a function, for a test that brings its own; an interface may not.
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module]
pub trait Shm {
    #[stub]
    fn get() -> Result<u8, LoadError>;
}

fn main() {
    struct Driver;

    #[module(desc = "within")]
    impl Shm for Driver {
        fn get() -> Result<u8, LoadError> {
            Ok(7)
        }
    }

    Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(shm::get().unwrap(), 7);
}
