//! Functions that can't be called without the module.

mod private {
    fn hidden() -> isize {
        0
    }
}

fn with_argument(_: usize) -> isize {
    0
}

fn of_another_type() -> i32 {
    0
}

dlkm_rt::modmeta! {
    module shm {
        autoload {
            stub shmget nomod_one
            stub shmctl with_argument
            ustub shmat self::of_another_type 3
            wstub shmexit private::hidden
        }
    }
}

fn main() {}
