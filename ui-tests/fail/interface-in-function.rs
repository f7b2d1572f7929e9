use dlkm_rt::{LoadError, module};

fn main() {
    #[module]
    trait Shm {
        #[stub]
        fn shmget(key: u32) -> Result<u32, LoadError>;
    }

    let _ = shm::shmget(7);
}
