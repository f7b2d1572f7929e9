//! What a driver can't do: say again what the statements say, and have functions of other types.

dlkm_rt::modmeta! {
    module shm {
        desc "System V shared memory"
        autoload {
            stub shmget nomod_minus_one 2
        }
    }
}

pub struct Driver;

shm_dlkm! {
    (desc = "shared memory")
    impl Shm for Driver {
        fn shmget(key: u32, size: usize) -> isize {
            0
        }
    }
}

fn main() {}
