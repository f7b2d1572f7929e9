//! A class that says something else than the statement `unloadable` and the stubs.

dlkm_rt::modmeta! {
    module shm {
        unloadable
        autoload {
            class load_only
            stub shmget nomod_minus_one
            ustub shmat nomod_einval 3
        }
    }
}

fn main() {}
