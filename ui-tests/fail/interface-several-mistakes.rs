use dlkm_rt::{LoadError, module};

#[module(name = "Shm", desc = "shared memory")]
pub unsafe trait Shm: Send {
    const LIMIT: usize;

    fn shmget(key: u32) -> Result<u32, LoadError>;

    #[stub(or = "nothing")]
    async fn shmat(&self, id: u32) -> u64;

    #[wstub]
    fn shmexit<T>((_, _): (u32, T)) {}
}

fn main() {}
