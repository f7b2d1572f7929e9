#![deny(warnings)]

use std::io::{self, ErrorKind};

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> io::Result<u32>;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    Kernel::boot(ModuleRoot::none())?;
    let error = shm::shmget(7).expect_err("no such module");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let source = error.get_ref().and_then(|source| source.downcast_ref::<LoadError>());
    assert_eq!(source.expect("the load's error").function(), Some("shm::shmget"));
    Ok(())
}
