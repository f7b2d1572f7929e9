// Every name that generated code could use means something else here.
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, unused_macros)]

use dlkm_rt::module;

mod std {}
mod core {}
mod alloc {}
mod linkme {}

pub struct Result;
#[derive(dlkm_rt::Interface)]
pub struct Option;
pub struct Some;
pub struct None;
pub struct Ok;
pub struct Err;
pub struct Box;
pub struct String;
#[derive(dlkm_rt::Interface)]
pub struct Vec;
#[derive(dlkm_rt::Interface)]
pub struct str(pub i64);
#[derive(dlkm_rt::Interface)]
pub struct u8(pub i64);
pub struct u32;
pub struct usize;
pub struct bool;
pub trait Sized {}
pub trait Send {}
pub trait Sync {}
pub trait Copy {}
pub trait Fn {}
pub trait From {}
pub trait Into {}
pub trait Drop {}
pub trait Interface {}
pub struct Held;

macro_rules! env {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! concat {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! file {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! thread_local {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}

#[module]
pub trait Shm {
    #[stub(or = zero)]
    fn shmget(key: u8, name: str) -> i64;

    #[ustub]
    fn shmat(key: i64) -> ::std::result::Result<i64, dlkm_rt::LoadError>;

    #[wstub(or = nothing)]
    fn shmexit(none: Option) -> Vec;
}

fn zero(_: u8, _: str) -> i64 {
    0
}

fn nothing(_: Option) -> Vec {
    Vec
}

pub struct Driver;

#[module(desc = "shadows", load = init)]
impl Shm for Driver {
    fn shmget(key: u8, name: str) -> i64 {
        key.0 + name.0
    }

    fn shmat(key: i64) -> ::std::result::Result<i64, dlkm_rt::LoadError> {
        ::std::result::Result::Ok(key)
    }

    fn shmexit(_: Option) -> Vec {
        Vec
    }
}

fn init(_: &dlkm_rt::LoadArg) -> ::std::result::Result<(), dlkm_rt::Errno> {
    ::std::result::Result::Ok(())
}

fn main() {
    dlkm_rt::Kernel::boot(dlkm_rt::ModuleRoot::none()).unwrap();
    assert_eq!(shm::shmget(u8(2), str(3)), 5);
    assert_eq!(shm::shmat(4).unwrap(), 4);
    shm::shmexit(Option);
}
