//! An interface has at least one function.

dlkm_rt::modmeta! {
    module shm {
        desc "System V shared memory"
    }
}

dlkm_rt::modmeta! {
    module sem {
        autoload {
            class unloadable
        }
    }
}

fn main() {}
