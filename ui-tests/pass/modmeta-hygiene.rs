//! Without the prelude, and beside items whose names the expansion uses too.

#![no_implicit_prelude]

mod names {
    pub struct Result;
    pub struct Option;
    pub mod std {}
    pub mod core {}
    pub fn without_0() -> isize {
        3
    }
    pub fn nomod_zero() -> isize {
        4
    }
}
#[allow(unused_imports)]
use names::{Option, Result, core, nomod_zero, std, without_0};

::dlkm_rt::modmeta! {
    module shm {
        desc "hygienic"
        autoload {
            stub shmget without_0
            // The standard one; the other has a path.
            stub shmat nomod_zero
            stub shmdt self::nomod_zero
            wstub shmexit nomod_minus_one
        }
    }
}

pub struct Driver;

shm_dlkm! {
    (version = "2.0.0")
    impl Shm for Driver {
        fn shmget(_: usize, _: usize, _: usize, _: usize, _: usize, _: usize) -> isize {
            1
        }
        fn shmat(_: usize, _: usize, _: usize, _: usize, _: usize, _: usize) -> isize {
            1
        }
        fn shmdt(_: usize, _: usize, _: usize, _: usize, _: usize, _: usize) -> isize {
            1
        }
        fn shmexit(_: usize, _: usize, _: usize, _: usize, _: usize, _: usize) -> isize {
            1
        }
    }
}

fn main() {
    ::std::assert_eq!(shm::shmget(0, 0, 0, 0, 0, 0), 3);
    ::std::assert_eq!(shm::shmat(0, 0, 0, 0, 0, 0), 0);
    ::std::assert_eq!(shm::shmdt(0, 0, 0, 0, 0, 0), 4);
    ::std::assert_eq!(shm::shmexit(0, 0, 0, 0, 0, 0), -1);
}
