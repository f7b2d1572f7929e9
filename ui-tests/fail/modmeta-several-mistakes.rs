//! Each mistake is reported at its own word, all of them at once.

dlkm_rt::modmeta! {
    module shm {
        description "System V shared memory"
        desc shared
        type 7
        version 0.1
        version 0.1.0
        states loaded dynamic, static static
        states auto
        loadable early_boot_load
        loadable times early_boot_load late boot1
        #[cold]
        unloadable
        unloadable 3
        autoload {
            class weak
            class load only
            stub shmget nomod_minus_one
            stub shmget nomod_zero
            ustub shmat nomod_einval
            ustub shmdt 3
            ustub
            stub shmctl nomod_zero 33
            stub shmfork nomod_zero three
            wstub shmexit 0
            depend sem
        }
        autoload {}
    }
}

fn main() {
    // The functions are there all the same.
    let _ = shm::shmget(0, 0, 0, 0, 0, 0) + shm::shmat(0, 0, 0, 0, 0, 0);
}
