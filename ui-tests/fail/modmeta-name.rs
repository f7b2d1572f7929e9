//! Names that a module can't have.

dlkm_rt::modmeta! {
    module Shm {
        type "System V"
        autoload {
            stub shmget nomod_zero
        }
    }
}

dlkm_rt::modmeta! {
    module static {
        autoload {
            stub semget nomod_zero
        }
    }
}

dlkm_rt::modmeta! {
    module self {
        autoload {
            stub msgget nomod_zero
        }
    }
}

fn main() {}
