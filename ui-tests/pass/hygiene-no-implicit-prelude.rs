#![no_implicit_prelude]
#![deny(warnings)]

use ::dlkm_rt::{Errno, Kernel, LoadArg, LoadError, ModuleRoot, module};
use ::std::result::Result::{self, Ok};
use ::std::{assert, assert_eq};

#[module(name = "shm")]
pub trait Shm {
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;

    #[ustub(or = not_attached)]
    fn shmat<'a>(name: &'a str, size: usize) -> &'a str;

    #[wstub(or = nothing)]
    fn shmexit(pid: u32) -> bool;
}

fn not_attached(name: &str, _size: usize) -> &str {
    name
}

fn nothing(_pid: u32) -> bool {
    false
}

pub struct Driver;

#[module(load = init, unload = fini, save = save)]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key + 1)
    }

    fn shmat<'a>(name: &'a str, size: usize) -> &'a str {
        &name[..size]
    }

    fn shmexit(_pid: u32) -> bool {
        true
    }
}

fn init(_: &LoadArg) -> Result<(), Errno> {
    Ok(())
}

fn fini(_: &LoadArg) -> Result<(), Errno> {
    Ok(())
}

fn save(_: &LoadArg) -> Result<::std::vec::Vec<u8>, Errno> {
    Ok(::std::vec::Vec::new())
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(shm::shmget(7).unwrap(), 8);
    assert_eq!(shm::shmat("segment", 3), "seg");
    assert!(shm::shmexit(1));
}
